extension Wire {
    /// Digits of a whole number that is read: what is computed with such numbers, by adding or by counting a thousandth of one,
    /// stays within what a number holds.
    private static let digitLimit = 15

    /// The message that a line holds.
    /// - Throws: `NumberTooLong` before anything of the line is taken over, or `DecodingError`.
    package static func read<Message: Decodable>(_ type: Message.Type, from line: [UInt8]) throws -> Message {
        guard line.withUnsafeBufferPointer(hasShortNumbers) else { throw NumberTooLong() }
        return try CanonicalJSON.decode(type, from: line)
    }

    /// A line holds a number that nothing here counts to.
    package struct NumberTooLong: Error, Hashable, CustomStringConvertible {
        package var description: String { "a number of the message has more than \(digitLimit) digits or an exponent" }
    }

    /// Whether no number outside of texts has more digits before its point than are read, or an exponent that is not negative.
    private static func hasShortNumbers(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var (isText, isEscaped) = (false, false)
        /// Digits of the number that is being read; counted no further behind its point.
        var (digits, isFraction) = (0, false)
        for byte in bytes {
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): (isText, digits, isFraction) = (true, 0, false)
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if !isFraction { digits += 1 }
                if digits > digitLimit { return false }
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                // The letter of true and false follows no digit.
                if digits > 0 { return false }
            default: (digits, isFraction) = (0, false)
            }
        }
        return true
    }
}
