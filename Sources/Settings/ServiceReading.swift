internal import PromotionCore

/// Reads one service of the configuration.
enum ServiceReading {
    /// Most environments of one service.
    static let environmentLimit = 10

    static func service(_ field: Field, _ host: Host, _ ring: KeyRing) -> ConfiguredService? {
        let name = field.keyName(ServiceName.self)
        let title = "service \"\(SafeText(field.key, limit: 60))\""
        let keys = ["registry", "repository", "versions", "project", "retention", "environments"]
        guard let section = Section(field, title: title, keys: keys) else {
            return nil
        }
        let registry = section.required("registry", "registry: {layout: ./registry}").flatMap { RegistryReading.registry($0) }
        let repository = section.required("repository", "repository: shop/\(SafeText(field.key, limit: 60))")
            .flatMap { HomeReading.repository($0) }
        let scheme = section.optional("versions").map { VersionReading.scheme($0) } ?? .standard
        let environments = section.required("environments", "environments: with at least one, in the order of promotion")
            .flatMap { field in
                Self.environments(
                    field, host, ring, scheme ?? .standard,
                    registry.flatMap { own in repository.map { .init(registry: own, repository: $0) } })
            }
        let project = section.optional("project").flatMap { ProjectReading.project($0) }
        let retention = section.optional("retention").map { RetentionReading.retention($0) } ?? RetentionSettings()
        guard let name, let registry, let repository, let environments, let retention, let scheme else { return nil }
        let service = Service(name: name, repository: repository, path: environments.map(\.environment), tags: scheme)
        var targets: [EnvironmentName: TargetSettings] = [:]
        var mounts: [EnvironmentName: VaultMount] = [:]
        var verification: [EnvironmentName: Milliseconds] = [:]
        var homes: [EnvironmentName: RegistrySettings] = [:]
        for read in environments {
            verification[read.environment.name] = read.verification
            targets[read.environment.name] = read.target
            homes[read.environment.name] = read.registry
            mounts[read.environment.name] = read.mount
        }
        return ConfiguredService(
            service: service, registry: registry, targets: targets, mounts: mounts, project: project,
            verification: verification, retention: retention, homes: homes)
    }

    /// One environment with what the core does not know of.
    struct ReadEnvironment {
        let environment: Environment
        let target: TargetSettings
        let mount: VaultMount?
        let verification: Milliseconds?
        /// The registry of its own home; nil where its images are in the service's repository.
        let registry: RegistrySettings?
    }

    private static func environments(
        _ field: Field, _ host: Host, _ ring: KeyRing, _ scheme: TagScheme, _ own: HomeReading.Own?
    ) -> [ReadEnvironment]? {
        guard let items = field.items(limit: environmentLimit, "environments") else { return nil }
        guard !items.isEmpty else {
            field.refuse("environments is empty", "add at least one environment")
            return nil
        }
        var tags = PointerTags(scheme: scheme)
        let read = items.enumerated().map { index, item in
            let rank = EnvironmentReading.Rank(isFirst: index == 0, isLast: index == items.count - 1)
            return EnvironmentReading.environment(item, rank, host, ring, &tags, own)
        }
        let whole = read.compactMap(\.self)
        return whole.count == read.count ? whole : nil
    }
}

/// The pointer tags of one service's path, each of which must mean one thing.
struct PointerTags {
    private var owners: [Tag: SafeText] = [:]
    /// How the service writes its versions.
    private let scheme: TagScheme
    /// The environments that came so far.
    private(set) var environments: Set<EnvironmentName> = []

    init(scheme: TagScheme) { self.scheme = scheme }

    /// Takes the tags of an environment and its slots, and reports what they collide with.
    mutating func take(_ name: EnvironmentName, slots: [SlotName], at position: Position, _ findings: Findings) {
        guard environments.insert(name).inserted else {
            findings.add(position, "the environment \"\(name)\" is on the path twice", "give each environment its own name")
            return
        }
        claim(Tag(pointerOf: name), for: "environment \(name)", position, findings)
        for slot in slots {
            claim(Tag(pointerOf: name, slot: slot), for: "slot \(slot) of environment \(name)", position, findings)
        }
    }

    private mutating func claim(_ tag: Tag, for owner: SafeText, _ position: Position, _ findings: Findings) {
        let tagClass = scheme.tagClass(of: tag)
        if tagClass.version != nil {
            findings.add(
                position, "the pointer tag \"\(tag)\" of \(owner) is written as a version of the service",
                "choose another name, or other patterns in versions")
        } else if tagClass != .other {
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
