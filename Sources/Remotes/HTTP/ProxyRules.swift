internal import FoundationEssentials
internal import PromotionCore

/// A proxy that the environment names.
package struct Proxy: Hashable, Sendable, CustomStringConvertible {
    /// How it is spoken to.
    package enum Kind: Hashable, Sendable { case http, socks }

    package let kind: Kind
    package let host: String
    package let port: Int
    /// The value of `Proxy-Authorization` (RFC 9110, 11.7.2); `nil` if its address holds no name.
    package let authorization: Secret?
    /// The variable that names it.
    package let variable: String

    /// As a sentence names it, without name and password.
    package var description: String { "the proxy \(host.contains(":") ? "[\(host)]" : host):\(port) of \(variable)" }
}

/// Through which proxy a request goes, by `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, read as Go's programs and so docker,
/// podman and skopeo read them (golang.org/x/net/http/httpproxy).
///
/// Where curl differs, Go's reading holds; white space separates entries of `NO_PROXY` as well, as in curl.
package struct ProxyRules: Hashable, Sendable {
    private let https: Setting
    private let http: Setting
    private let exceptions: [ProxyException]

    private enum Setting: Hashable, Sendable {
        case none
        case proxy(Proxy)
        case unreadable(ProxyRuleError)
    }

    /// No proxy for anything.
    package static let none = ProxyRules { _ in nil }

    /// - Parameter environment: the value of a variable; `nil` if it is not set.
    package init(environment: (String) -> String?) {
        /// The name in capitals first, as in Go.
        func setting(_ name: String) -> (name: String, value: String)? {
            for name in [name, name.lowercased()] {
                if let value = environment(name), !value.isEmpty { return (name, value) }
            }
            return nil
        }
        func proxy(_ name: String) -> Setting {
            guard let (name, value) = setting(name) else { return .none }
            return Proxy(value, variable: name).map(Setting.proxy) ?? .unreadable(ProxyRuleError(variable: name))
        }
        https = proxy("HTTPS_PROXY")
        http = proxy("HTTP_PROXY")
        let entries = setting("NO_PROXY")?.value.split { $0 == "," || $0.isWhitespace } ?? []
        exceptions = entries.compactMap { ProxyException(String($0)) }
    }

    /// The proxy for an address; `nil` for none: this machine itself is never asked for through one.
    /// - Throws: `ProxyRuleError` if the variable holds no address: going around a proxy that was meant would be a choice of
    ///   our own.
    package func proxy(to address: RegistryAddress) throws(ProxyRuleError) -> Proxy? {
        let setting = address.scheme == .https ? https : http
        if setting == .none || address.isLoopback { return nil }
        if exceptions.contains(where: { $0.covers(address.host, address.port) }) { return nil }
        switch setting {
        case .none: return nil
        case .proxy(let proxy): return proxy
        case .unreadable(let error): throw error
        }
    }
}

/// A variable holds no address of a proxy.
package struct ProxyRuleError: Error, Hashable, Sendable, CustomStringConvertible {
    package let variable: String

    /// The value is not repeated: it may hold a password.
    package var description: String {
        "the environment variable \(variable) is no address of a proxy that can be used: write http://HOST:PORT or socks5://HOST:PORT"
    }
}

extension Proxy {
    /// Parses `http://host:port`, `socks5://host:port`, both with or without `name:password@`, or `host:port`.
    fileprivate init?(_ value: String, variable: String) {
        let text = value.trimmed
        var (kind, rest, usual) = (Kind.http, text[...], 80)
        if let scheme = text.firstRange(of: "://") {
            switch text[..<scheme.lowerBound].lowercased() {
            case "http": break
            case "socks5", "socks5h": (kind, usual) = (.socks, 1_080)
            default: return nil
            }
            rest = text[scheme.upperBound...]
        }
        rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        var account: String?
        if let sign = rest.lastIndex(of: "@") {
            account = String(rest[..<sign])
            rest = rest[rest.index(after: sign)...]
        }
        // The port that a scheme goes without is the proxy's, not that of the address's parser.
        let hasPort = rest.last != "]" && rest.contains(":")
        guard let address = RegistryAddress("http://\(rest)\(hasPort ? "" : ":\(usual)")") else { return nil }
        // Names for SOCKS are another protocol (RFC 1929), which the client does not speak.
        if kind == .socks, account != nil { return nil }
        var authorization: Secret?
        if let account {
            guard let plain = Self.decoded(account) else { return nil }
            let pair = plain.contains(":") ? plain : plain + ":"
            authorization = Secret("Basic " + Data(pair.utf8).base64EncodedString())
        }
        self.init(kind: kind, host: address.host, port: address.port, authorization: authorization, variable: variable)
    }

    /// Percent-encoding undone (RFC 3986, 2.1).
    private static func decoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
