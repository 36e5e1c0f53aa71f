internal import PromotionCore

/// Reads one service of the configuration.
enum ServiceReading {
    /// Most environments of one service.
    static let environmentLimit = 10

    static func service(_ field: Field, _ architecture: String, _ ring: KeyRing) -> ConfiguredService? {
        let name = field.keyName(ServiceName.self)
        let title = "service \"\(SafeText(field.key, limit: 60))\""
        guard let section = Section(field, title: title, keys: ["registry", "repository", "environments"]) else { return nil }
        let registry = section.required("registry", "registry: {layout: ./registry}").flatMap { Self.registry($0) }
        let repository = section.required("repository", "repository: shop/\(SafeText(field.key, limit: 60))")
            .flatMap { Self.repository($0) }
        let environments = section.required("environments", "environments: with at least one, in the order of promotion")
            .flatMap { Self.environments($0, architecture, ring) }
        guard let name, let registry, let repository, let environments else { return nil }
        let service = Service(name: name, repository: repository, path: environments.map(\.environment))
        var targets: [EnvironmentName: TargetSettings] = [:]
        var mounts: [EnvironmentName: VaultMount] = [:]
        for read in environments {
            targets[read.environment.name] = read.target
            mounts[read.environment.name] = read.mount
        }
        return ConfiguredService(service: service, registry: registry, targets: targets, mounts: mounts)
    }

    private static func repository(_ field: Field) -> RepositoryName? {
        guard let text = field.text() else { return nil }
        if let name = try? RepositoryName(text) { return name }
        field.refuse(
            "\"\(SafeText(text, limit: 255))\" is not a repository",
            "write lower-case words separated by \"/\", at most 255 characters, without tag or digest")
        return nil
    }

    private static func registry(_ field: Field) -> RegistrySettings? {
        guard let section = Section(field, title: "registry", keys: ["layout", "url", "username", "password"]) else { return nil }
        let username = section.optional("username").flatMap { $0.secret() }
        let password = section.optional("password").flatMap { $0.secret() }
        switch (section.optional("layout"), section.optional("url")) {
        case (let layout?, nil):
            for key in ["username", "password"] {
                guard let field = section.optional(key) else { continue }
                section.findings.add(field.keyPosition, "a layout directory asks for no \(key)", "leave it out, or name a url")
            }
            return layout.path().map { .layout(directory: $0) }
        case (nil, let url?): return address(url).map { .remote(url: $0, username: username, password: password) }
        case (.some, let url?):
            section.findings.add(url.keyPosition, "registry has both layout and url", "keep one of them")
            return nil
        case (nil, nil):
            field.refuse("registry names no place", "add layout: with an OCI image layout directory, or url:")
            return nil
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

    /// One environment with what the core does not know of.
    struct ReadEnvironment {
        let environment: Environment
        let target: TargetSettings
        let mount: VaultMount?
    }

    private static func environments(_ field: Field, _ architecture: String, _ ring: KeyRing) -> [ReadEnvironment]? {
        guard let items = field.items(limit: environmentLimit, "environments") else { return nil }
        guard !items.isEmpty else {
            field.refuse("environments is empty", "add at least one environment")
            return nil
        }
        var tags = PointerTags()
        let read = items.enumerated().map { index, item in
            let rank = EnvironmentReading.Rank(isFirst: index == 0, isLast: index == items.count - 1)
            return EnvironmentReading.environment(item, rank, architecture, ring, &tags)
        }
        let whole = read.compactMap(\.self)
        return whole.count == read.count ? whole : nil
    }
}

/// The pointer tags of one service's path, each of which must mean one thing.
struct PointerTags {
    private var owners: [Tag: SafeText] = [:]
    private var names: Set<EnvironmentName> = []

    /// Takes the tags of an environment and its slots, and reports what they collide with.
    mutating func take(_ name: EnvironmentName, slots: [SlotName], at position: Position, _ findings: Findings) {
        guard names.insert(name).inserted else {
            findings.add(position, "the environment \"\(name)\" is on the path twice", "give each environment its own name")
            return
        }
        claim(Tag(pointerOf: name), for: "environment \(name)", position, findings)
        for slot in slots {
            claim(Tag(pointerOf: name, slot: slot), for: "slot \(slot) of environment \(name)", position, findings)
        }
    }

    private mutating func claim(_ tag: Tag, for owner: SafeText, _ position: Position, _ findings: Findings) {
        if tag.tagClass != .other {
            findings.add(
                position, "the pointer tag \"\(tag)\" of \(owner) means something else in every registry",
                "latest, dev and sha-… are taken: choose another name")
        } else if let other = owners[tag] {
            findings.add(position, "the pointer tag \"\(tag)\" of \(owner) is that of \(other) too", "rename one of them")
        } else {
            owners[tag] = owner
        }
    }
}
