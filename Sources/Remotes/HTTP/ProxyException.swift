internal import Platform
internal import PromotionCore

/// One entry of `NO_PROXY`: what is asked for directly.
struct ProxyException: Hashable, Sendable {
    private enum Kind: Hashable {
        case everything
        /// Bits of an address, and how many of them count.
        case network([UInt8], bits: Int)
        /// The name with a dot before it.
        case domain(String, includesItself: Bool)
    }

    private let kind: Kind
    /// `nil` for every port.
    private let port: Int?

    /// `nil` if the entry says nothing that can be matched: it is no exception then, as in Go.
    init?(_ entry: String) {
        let text = entry.lowercased()
        guard text != "*" else {
            (kind, port) = (.everything, nil)
            return
        }
        if let slash = text.firstIndex(of: "/") {
            guard let bytes = Self.address(String(text[..<slash])), let bits = Int(text[text.index(after: slash)...]),
                (0...bytes.count * 8).contains(bits)
            else { return nil }
            (kind, port) = (.network(bytes, bits: bits), nil)
            return
        }
        guard let (host, port) = Self.split(text) else { return nil }
        self.port = port
        if let bytes = Self.address(host) {
            kind = .network(bytes, bits: bytes.count * 8)
            return
        }
        let name = host.hasPrefix("*.") ? String(host.dropFirst()) : host
        guard !name.isEmpty, name != "." else { return nil }
        kind = name.hasPrefix(".") ? .domain(name, includesItself: false) : .domain("." + name, includesItself: true)
    }

    /// - Parameters:
    ///   - host: lower case, an IPv6 address without brackets.
    ///   - port: the one that is connected to, the scheme's own too.
    func covers(_ host: String, _ port: Int) -> Bool {
        if let wanted = self.port, wanted != port { return false }
        switch kind {
        case .everything: return true
        case .network(let bytes, let bits):
            guard let other = Self.address(host), other.count == bytes.count else { return false }
            return zip(bytes, other).enumerated().allSatisfy { index, pair in
                let kept = min(max(bits - index * 8, 0), 8)
                return kept == 0 || pair.0 >> (8 - kept) == pair.1 >> (8 - kept)
            }
        case .domain(let name, let includesItself):
            return host.hasSuffix(name) || (includesItself && "." + host == name)
        }
    }

    /// Host and port; `nil` if the port is no number or there is no host.
    private static func split(_ text: String) -> (host: String, port: Int?)? {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let host = String(text[text.index(after: text.startIndex)..<end])
            let rest = text[text.index(after: end)...]
            if rest.isEmpty { return (host, nil) }
            guard rest.hasPrefix(":"), let port = Int(rest.dropFirst()) else { return nil }
            return (host, port)
        }
        guard let colon = text.lastIndex(of: ":") else { return (text, nil) }
        // More than one colon, and no brackets: an IPv6 address without a port.
        if text[..<colon].contains(":") { return (text, nil) }
        guard colon != text.startIndex, let port = Int(text[text.index(after: colon)...]) else { return nil }
        return (String(text[..<colon]), port)
    }

    /// The bytes of an address, one of IPv4 in IPv6 as IPv4; `nil` for a name.
    private static func address(_ text: String) -> [UInt8]? {
        let bytes: [UInt8]
        switch HostAddress(text) {
        case nil: return nil
        case .v4(let number)?: return (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
        case .v6(let sixteen)?: bytes = sixteen
        }
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped ? Array(bytes[12...]) : bytes
    }
}
