internal import PromotionCore

extension Settings {
    /// Most services of one configuration.
    package static let serviceLimit = 1_000
    /// Most accounts with a role.
    package static let roleLimit = 1_000

    /// Reads a configuration and reports every mistake in it at once.
    /// - Parameters:
    ///   - yaml: the text of the file.
    ///   - file: the file's name, for the reports.
    ///   - architecture: the host's, as OCI names it (`amd64`, `arm64`); environments that name no platform run on it.
    ///   - reading: how the files of public keys are read.
    ///   - zones: the bytes of a zone's file in the host's time zone data; nil where there is none of this name.
    package static func read(
        yaml: String, file: String, architecture: String, reading: FileReading = noFiles,
        zones: (String) -> [UInt8]? = { _ in nil }
    ) -> Result<Settings, SettingsMistakes> {
        let findings = Findings(file: SafeText(file, limit: 255))
        let settings = withoutActuallyEscaping(zones) { zones in
            Document.read(yaml, findings).flatMap { document in
                whole(Field(root: document, findings), Host(architecture: architecture, zones: zones), reading)
            }
        }
        if let mistakes = findings.all { return .failure(mistakes) }
        guard let settings else {
            findings.add(.start, "the file was not understood", "compare it with the example")
            return .failure(findings.all ?? SettingsMistakes(list: [], count: 0))
        }
        return .success(settings)
    }

    /// Reads a configuration from the bytes of a file.
    package static func read(
        bytes: [UInt8], file: String, architecture: String, reading: FileReading = noFiles,
        zones: (String) -> [UInt8]? = { _ in nil }
    ) -> Result<Settings, SettingsMistakes> {
        if let yaml = String(validating: bytes, as: UTF8.self) {
            return read(yaml: yaml, file: file, architecture: architecture, reading: reading, zones: zones)
        }
        let mistake = SettingsMistake(
            file: SafeText(file, limit: 255), line: 1, column: 1, wrong: "the file is not UTF-8", right: "save it as UTF-8")
        return .failure(SettingsMistakes(list: [mistake], count: 1))
    }

    private static let keys = [
        "version", "state", "socket", "roles", "gateways", "freezes", "keys", "passport", "notifications", "services", "joint",
    ]

    private static func whole(_ root: Field, _ host: Host, _ reading: FileReading) -> Settings? {
        guard let file = Section(root, title: "the file", keys: keys) else { return nil }
        let version = file.required("version", "version: 1")
        // A file of another version has other keys: to list them as mistakes would mislead.
        if let version, let text = version.text(), text != "1" {
            version.refuse("version is \"\(SafeText(text, limit: 20))\"", "this baton reads version 1")
            return nil
        }
        let state = file.optional("state").flatMap { $0.path() }
        let socket = file.optional("socket").flatMap(SocketReading.socket)
        let grants = file.optional("roles").map(RoleReading.grants) ?? [:]
        let gateways = file.optional("gateways").map(RoleReading.gateways) ?? []
        var host = host
        host.freezes = file.optional("freezes").map { FreezeReading.freezes($0, host) } ?? []
        let ring = KeyRing(file.optional("keys"), reading: reading)
        let passport = file.optional("passport").flatMap { PassportReading.passport($0, ring) }
        let notifications = file.optional("notifications").map { NotificationReading.notifications($0) } ?? []
        let services = file.required("services", "services: with at least one service").map { Self.services($0, host, ring) }
        guard let services else { return nil }
        let sets = file.optional("joint").map { JointReading.sets($0, services) } ?? []
        return Settings(
            version: 1, state: state, socket: socket, roles: Roles(grants: grants, gateways: gateways),
            keys: ring.keys.values.sorted { $0.name.text < $1.name.text }, passport: passport, notifications: notifications,
            services: services, jointSets: sets)
    }

    private static func services(_ field: Field, _ host: Host, _ ring: KeyRing) -> [ConfiguredService] {
        guard let pairs = field.pairs("services") else { return [] }
        guard (1...serviceLimit).contains(pairs.count) else {
            field.refuse("services names \(String(pairs.count)) services", "from 1 to \(String(serviceLimit)) are allowed")
            return []
        }
        let services = pairs.map { pair in (field: pair, service: ServiceReading.service(pair, host, ring)) }
        var owners: [RepositoryKey: ServiceName] = [:]
        for case (let field, let service?) in services {
            for key in keys(of: service) {
                if let owner = owners[key], owner != service.service.name {
                    field.findings.add(
                        field.keyPosition, "\(service.service.name) uses the repository \(key.repository) of \(owner)",
                        "give each service repositories of its own: both would move the same pointer tags")
                }
                owners[key] = owners[key] ?? service.service.name
            }
        }
        refuseSharedRecords(services)
        return services.compactMap(\.service)
    }

    /// Refuses two repositories of one name in different registries where retention of one is configured.
    private static func refuseSharedRecords(_ services: [(field: Field, service: ConfiguredService?)]) {
        var owners: [RepositoryName: (name: ServiceName, registry: RepositoryKey, isRetained: Bool)] = [:]
        for case (let field, let configured?) in services {
            let (name, repository) = (configured.service.name, configured.service.repository)
            let key = RepositoryKey(configured.registry, repository)
            let isRetained = field.names("retention")
            guard let owner = owners[repository] else {
                owners[repository] = (name, key, isRetained)
                continue
            }
            if owner.isRetained || isRetained, owner.registry != key {
                field.findings.add(
                    field.keyPosition, "\(name) and \(owner.name) name their repositories \(repository) in different registries",
                    "use different repository names: retention keeps its records by repository name")
            }
            owners[repository]?.isRetained = owner.isRetained || isRetained
        }
    }

    /// Every repository that a service uses.
    private static func keys(of configured: ConfiguredService) -> Set<RepositoryKey> {
        let service = configured.service
        var keys: Set = [RepositoryKey(configured.registry, service.repository)]
        for (name, registry) in configured.homes { keys.insert(RepositoryKey(registry, service.home(of: name).repository)) }
        return keys
    }

    /// A repository, however one comes to it.
    private struct RepositoryKey: Hashable {
        let registry: String
        let repository: RepositoryName

        init(_ registry: RegistrySettings, _ repository: RepositoryName) {
            switch registry {
            case .layout(let directory): self.registry = "layout \(directory)"
            case .remote(let remote): self.registry = remote.place
            }
            self.repository = repository
        }
    }
}
