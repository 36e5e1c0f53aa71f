/// A whole number of any length, without leading zeros, as version tags write it.
package struct Numeral: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number; the largest value for one that is too large.
    let value: UInt64
    /// The digits of a number that is too large for `value`; empty for all others.
    private let digits: String

    /// Parses decimal digits; `nil` for anything else, and for leading zeros.
    package init?(_ text: some StringProtocol) {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.allSatisfy(Self.isDigit), bytes.count == 1 || first != UInt8(ascii: "0") else {
            return nil
        }
        let short = UInt64(text)
        value = short ?? .max
        digits = short == nil ? String(text) : ""
    }

    /// A number that fits a machine word.
    package init(_ value: UInt64) {
        self.value = value
        digits = ""
    }

    package static func < (left: Numeral, right: Numeral) -> Bool {
        let (a, b) = (left.digits.utf8.count, right.digits.utf8.count)
        if a != b { return a < b }
        return a == 0 ? left.value < right.value : left.digits < right.digits
    }

    package var description: String { digits.isEmpty ? "\(value)" : digits }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
