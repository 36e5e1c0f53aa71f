internal import PromotionCore

/// Reads where a service's images are.
enum RegistryReading {
    /// Keys that only a registry with a url has.
    private static let ofRemote = ["username", "password", "ca", "connections", "environment"]

    static func registry(_ field: Field) -> RegistrySettings? {
        guard let section = Section(field, title: "registry", keys: ["layout", "url"] + ofRemote) else { return nil }
        switch (section.optional("layout"), section.optional("url")) {
        case (let layout?, nil):
            for key in ofRemote {
                guard let field = section.optional(key) else { continue }
                section.findings.add(field.keyPosition, "a layout directory asks for no \(key)", "leave it out, or name a url")
            }
            return layout.path().map { .layout(directory: $0) }
        case (nil, let url?): return remote(section, url)
        case (.some, let url?):
            section.findings.add(url.keyPosition, "registry has both layout and url", "keep one of them")
            return nil
        case (nil, nil):
            field.refuse("registry names no place", "add layout: with an OCI image layout directory, or url:")
            return nil
        }
    }

    private static func remote(_ section: Section, _ url: Field) -> RegistrySettings? {
        let (name, word) = (section.optional("username"), section.optional("password"))
        let username = name.flatMap { $0.secret() }
        let password = word.flatMap { $0.secret() }
        if let only = [name, word].compactMap(\.self).first, (name == nil) != (word == nil) {
            section.findings.add(
                only.keyPosition, "registry has \(SafeText(only.key)) alone", "write username and password, or neither of them")
        }
        let authority = section.optional("ca")
        let path = authority.flatMap { $0.path() }
        let connections = section.optional("connections").flatMap { $0.number(in: 1...64) }
        let variables = section.optional("environment").map { Self.variables($0) } ?? []
        if let environment = section.optional("environment"), name != nil {
            section.findings.add(
                environment.keyPosition, "environment is for credential helpers, and the registry has username and password",
                "leave one of them out")
        }
        guard let address = address(url) else { return nil }
        if let authority, address.hasPrefix("http://") {
            section.findings.add(
                authority.keyPosition, "ca is for https, and url is http", "write https:// in the url, or leave ca out")
        }
        return .remote(
            RemoteRegistry(
                url: address, username: username, password: password, authority: path,
                connections: connections ?? RemoteRegistry.usualConnections, helperVariables: variables))
    }

    /// Names of variables of the agent's environment; what they hold stands nowhere in the configuration.
    private static func variables(_ field: Field) -> [String] {
        guard let items = field.items(limit: 32, "names") else { return [] }
        return items.compactMap { item in
            guard let text = item.text(limit: 100) else { return nil }
            guard SecretReference.isVariable(text) else {
                item.refuse(
                    "environment names no variable here",
                    "write names alone, such as [AWS_PROFILE], of A-Z, a-z, 0-9 and \"_\"; the agent's environment holds the values"
                )
                return nil
            }
            return text
        }
    }

    /// Scheme, host and port, nothing else.
    private static func address(_ field: Field) -> String? {
        guard let text = field.text(limit: 255) else { return nil }
        let schemes = ["https://", "http://"]
        let host = schemes.first { text.hasPrefix($0) }.map { text.dropFirst($0.count) }
        let allowed = host?.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: ".-:[]".utf8.contains(byte)
            }
        }
        guard let host, !host.isEmpty, allowed == true else {
            // The text is not repeated: people write passwords into addresses.
            field.refuse("url is not the address of a registry", "write https://host or https://host:port, nothing else")
            return nil
        }
        return text
    }
}
