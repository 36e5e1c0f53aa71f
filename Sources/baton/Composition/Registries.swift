internal import Logging
internal import Platform
internal import PromotionCore
internal import PromotionRunner
internal import Remotes
internal import Settings
internal import Synchronization

/// The registries of a configuration; services that name the same one share its connections and what was read of it.
final class Registries: Sendable {
    private let installation: Installation
    private let logger: Logger
    private let open = Mutex<[RemoteRegistry: (transport: RegistryTransport, registry: DistributionRegistry)]>([:])

    init(installation: Installation, logger: Logger) {
        self.installation = installation
        self.logger = logger
    }

    /// The registry of a service.
    /// - Throws: `Ended` with what stands in the way.
    func registry(of configured: ConfiguredService) throws(Ended) -> any Registry & ArtifactStore {
        switch configured.registry {
        case .layout(let directory):
            return ImageLayoutRegistry(
                directory: installation.path(directory), repository: configured.service.repository, tags: configured.service.tags)
        case .remote(let remote):
            let registry = try registry(remote, of: "service \(configured.service.name)")
            registry.know(configured.service.tags, in: configured.service.repository)
            return registry
        }
    }

    /// The repositories of environments that have one of their own.
    /// - Throws: `Ended` with what stands in the way.
    func homes(of configured: ConfiguredService) throws(Ended) -> [EnvironmentName: RepositoryWiring] {
        var homes: [EnvironmentName: RepositoryWiring] = [:]
        for (name, settings) in configured.homes {
            guard let registry = try registry(settings, of: "environment \(name) of \(configured.service.name)") else { continue }
            let repository = configured.service.home(of: name).repository
            registry.expect(repository)
            registry.know(configured.service.tags, in: repository)
            homes[name] = RepositoryWiring(repository: repository, registry: registry, artifacts: registry)
        }
        return homes
    }

    /// The registry of a service as image references name it; `nil` if it is a directory.
    static func address(of configured: ConfiguredService) -> SafeText? {
        guard case .remote(let remote) = configured.registry else { return nil }
        return RegistryAddress(remote.url).map { SafeText($0.name, limit: 255) }
    }

    /// How often the registries of a service are asked for what is shown: a directory as often as anybody likes.
    static func rounds(of configured: ConfiguredService) -> RegistryRounds {
        guard case .layout = configured.registry, configured.homes.isEmpty else { return .remote }
        return .directory
    }

    /// What brings images to the home of an environment; nil where they are there by nature.
    /// - Throws: `Ended` with what stands in the way.
    func copier(into name: EnvironmentName, of configured: ConfiguredService) throws(Ended) -> (any ImageCopier)? {
        let service = configured.service
        guard service.copies(into: name) else { return nil }
        let words: SafeText = "environment \(name) of \(service.name)"
        let upstream = service.upstream(of: name).flatMap { configured.homes[$0.name] }
        guard let source = try registry(upstream ?? configured.registry, of: words),
            let destination = try registry(configured.homes[name] ?? configured.registry, of: words)
        else { return nil }
        source.know(service.tags, in: service.source(of: name).repository)
        destination.know(service.tags, in: service.home(of: name).repository)
        return RegistryCopier(
            from: source, service.source(of: name).repository, to: destination, service.home(of: name).repository, for: name)
    }

    /// Nil for a layout, which no image is copied from or to.
    private func registry(_ settings: RegistrySettings, of words: SafeText) throws(Ended) -> DistributionRegistry? {
        guard case .remote(let remote) = settings else { return nil }
        return try registry(remote, of: words)
    }

    private func registry(_ remote: RemoteRegistry, of words: SafeText) throws(Ended) -> DistributionRegistry {
        do throws(Fault) { return try registry(remote) } catch { throw Ended(.usage, "\(words): \(error.reason)") }
    }

    private func registry(_ remote: RemoteRegistry) throws(Fault) -> DistributionRegistry {
        if let known = open.withLock({ $0[remote]?.registry }) { return known }
        guard let address = RegistryAddress(remote.url) else {
            throw Fault(
                .refused, SafeText("\(remote.url) is not the address of a registry: write https://host or https://host:port"))
        }
        var limits = RegistryLimits()
        limits.connections = remote.connections
        let credentials = try Self.credentials(remote)
        let transport = try RegistryTransport(
            limits: limits, authority: remote.authority.map(installation.path), proxies: .environment)
        let client = RegistryClient(
            address: address, credentials: credentials, transport: transport, limits: limits, now: { MachineClock.steady },
            notice: { [logger] words in logger.warning("\(words)") })
        let registry = DistributionRegistry(client: client, state: installation.state)
        open.withLock { $0[remote] = (transport, registry) }
        return registry
    }

    private static func credentials(_ remote: RemoteRegistry) throws(Fault) -> CredentialSource {
        guard let username = remote.username, let password = remote.password else {
            return dockerConfiguration(remote.helperVariables)
        }
        return .given(username: try source(username), password: try source(password))
    }

    /// Where a reference leads.
    /// - Throws: `Fault.refused` for one that this version cannot read.
    static func source(_ reference: SecretReference) throws(Fault) -> SecretSource {
        switch reference {
        case .environment(let variable): .environment(variable: variable)
        case .file(let path): .file(path: path)
        case .vault(let path):
            throw Fault(
                .refused, SafeText("\(path): secrets of Vault cannot be read by this version; refer to env:NAME or file:/path"))
        }
    }

    /// Where `docker login` keeps credentials, for this account.
    private static func dockerConfiguration(_ variables: [String]) -> CredentialSource {
        let directory = ThisProcess.variable("DOCKER_CONFIG") ?? ThisProcess.variable("HOME").map { "\($0)/.docker" }
        return directory.map { .dockerConfiguration(path: "\($0)/config.json", variables: variables) } ?? .anonymous
    }

    /// Ends all connections.
    func close() async {
        for (transport, _) in open.withLock({ Array($0.values) }) { await transport.close() }
    }
}

extension ProxyRules {
    /// What `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of the agent's environment say.
    static var environment: ProxyRules { ProxyRules(environment: ThisProcess.variable) }
}
