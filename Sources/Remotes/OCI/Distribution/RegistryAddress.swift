internal import PromotionCore

/// Where a registry answers: scheme, host and port.
package struct RegistryAddress: Hashable, Sendable, CustomStringConvertible {
    /// How it is spoken to; http only where the configuration says so.
    package enum Scheme: String, Hashable, Sendable {
        case https, http

        var port: Int { self == .https ? 443 : 80 }
    }

    package let scheme: Scheme
    /// Lower case, an IPv6 address without brackets.
    package let host: String
    package let port: Int

    /// Parses `https://host` or `https://host:port`, or the beginning of a longer URL.
    /// - Returns: nil for anything else, such as a URL with a name and password in it.
    package init?(_ url: String) {
        guard let (scheme, rest) = Self.scheme(of: url) else { return nil }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.isEmpty, !authority.contains("@"), authority.utf8.count <= 255 else { return nil }
        var host = authority
        var port: Int? = scheme.port
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            host = authority[..<colon]
            port = Int(authority[authority.index(after: colon)...])
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard let port, (1...65_535).contains(port), !host.isEmpty, host.utf8.allSatisfy(Self.isOfHost) else { return nil }
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port
    }

    private static func scheme(of url: String) -> (Scheme, Substring)? {
        let lowered = url.prefix(8).lowercased()
        if lowered.hasPrefix("https://") { return (.https, url.dropFirst(8)) }
        if lowered.hasPrefix("http://") { return (.http, url.dropFirst(7)) }
        return nil
    }

    private static func isOfHost(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: ".-:_".utf8.contains(byte)
        }
    }

    /// The host and, where it is not the scheme's own, the port: as image references and `config.json` name a registry.
    package var name: String { bracketedHost + (port == scheme.port ? "" : ":\(port)") }

    private var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }

    package var description: String { "\(scheme.rawValue)://\(name)" }

    /// Whether it leads to this machine itself.
    package var isLoopback: Bool { host == "localhost" || host == "::1" || (host.hasPrefix("127.") && AddressRule.isIPv4(host)) }
}
