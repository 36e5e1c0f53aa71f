extension Settings {
    /// The state directory that a configuration names in a plain line of its own, without reading the rest.
    ///
    /// A console needs no more to find an agent that runs already, and a large configuration takes long to read.
    /// - Returns: nil where only reading the whole can tell: no such line, more than one, quotes, a socket elsewhere, or anything unusual.
    package static func stateAtAGlance(bytes: [UInt8]) -> String? {
        var found: String?
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            if elsewhere.contains(where: { line.starts(with: $0.utf8) }) { return nil }
            guard line.starts(with: "state".utf8) else { continue }
            let value = line.dropFirst(6).drop { $0 == UInt8(ascii: " ") }
            let isPlain = line.starts(with: "state: ".utf8) && !value.isEmpty && value.allSatisfy(isPlain)
            guard found == nil, isPlain else { return nil }
            found = String(decoding: value, as: UTF8.self)
        }
        return found
    }

    /// How a line begins that may name the socket itself.
    private static let elsewhere = ["socket", "\"", "'", "?"]

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
