package import PromotionCore

/// A service with the ports that carry out what is decided about it.
package struct ServiceWiring: Sendable {
    package let service: Service
    package let registry: any Registry
    /// The same registry's contents; nil where nothing beyond tags is worked on.
    package let artifacts: (any ArtifactStore)?
    /// Repositories of environments that have one of their own.
    package let homes: [EnvironmentName: RepositoryWiring]
    package let places: [EnvironmentName: PlaceWiring]
    /// How its repository is kept from growing; nil where nobody said.
    package let retention: RetentionWiring?
    /// The registry as image references name it, host and port; `nil` if it is a directory.
    package let address: SafeText?
    /// How often its registries are asked for what is shown.
    package let rounds: RegistryRounds

    package init(
        service: Service, registry: any Registry, artifacts: (any ArtifactStore)? = nil, places: [EnvironmentName: PlaceWiring],
        retention: RetentionWiring? = nil, homes: [EnvironmentName: RepositoryWiring] = [:], address: SafeText? = nil,
        rounds: RegistryRounds = .remote
    ) {
        self.rounds = rounds
        self.address = address
        self.homes = homes
        self.service = service
        self.registry = registry
        self.artifacts = artifacts
        self.places = places
        self.retention = retention
    }
}

/// A repository with the ports that read and change it.
package struct RepositoryWiring: Sendable {
    package let repository: RepositoryName
    package let registry: any Registry
    /// The same registry's contents; nil where nothing beyond tags is worked on.
    package let artifacts: (any ArtifactStore)?

    package init(repository: RepositoryName, registry: any Registry, artifacts: (any ArtifactStore)?) {
        self.repository = repository
        self.registry = registry
        self.artifacts = artifacts
    }

    /// Reads what hangs on its images; nil where nothing beyond tags is worked on.
    var papers: PaperReader? { artifacts.map { PaperReader(store: $0, repository: repository) } }

    /// The image of a digest; nil where it does not exist.
    func release(_ digest: Digest) async throws(Fault) -> Release? { try await registry.release(digest, in: repository) }

    /// What the registry holds of an image.
    func holding(of digest: Digest) async throws(Fault) -> ImageHolding { try await registry.holding(of: digest, in: repository) }

    /// What a tag names now; nil where the tag does not exist.
    func resolve(_ tag: Tag) async throws(Fault) -> Digest? { try await registry.resolve(tag, in: repository) }
}

extension ServiceWiring {
    /// Where candidates are pushed to.
    var home: RepositoryWiring {
        RepositoryWiring(repository: service.repository, registry: registry, artifacts: artifacts)
    }

    /// Where the images and pointer tags of an environment are.
    func home(of name: EnvironmentName) -> RepositoryWiring { homes[name] ?? home }

    /// Every repository that the service's images are in, with the registry as references name it; the candidates' comes first.
    var allHomes: [(home: ImageHome, wiring: RepositoryWiring)] {
        let own = service.path.compactMap { environment in
            homes[environment.name].map { wiring in
                let there = service.home(of: environment.name)
                return (ImageHome(registry: there.registry ?? address, repository: there.repository), wiring)
            }
        }
        return [(ImageHome(registry: address, repository: service.repository), home)] + own
    }

    /// Where a release comes from on its way into an environment.
    func source(of name: EnvironmentName) -> RepositoryWiring {
        service.upstream(of: name).map { home(of: $0.name) } ?? home
    }
}

/// The rules, the rhythm and the files of one repository's retention.
package struct RetentionWiring: Sendable {
    package let rules: RetentionRules
    /// From run to run; nil where only people run it.
    package let schedule: Milliseconds?
    package let files: any RetentionFiles
    /// Deletions a second.
    package let pace: Int
    /// Whether it is looked at without a schedule too, so that what is there grows old.
    package let looks: Bool

    package init(
        rules: RetentionRules, schedule: Milliseconds?, files: any RetentionFiles, pace: Int = 5, looks: Bool = true
    ) {
        self.looks = looks
        self.rules = rules
        self.schedule = schedule
        self.files = files
        self.pace = max(1, pace)
    }
}

/// The ports of one environment.
package struct PlaceWiring: Sendable {
    package let target: any Target
    /// Nil where the environment has one slot and nothing to switch.
    package let trafficSwitch: (any TrafficSwitch)?
    /// The address of its users; `nil` if there is none that could be asked.
    package let front: (any Front)?
    package let probe: any Probe
    /// Nil where nothing measures the traffic.
    package let signals: (any SignalSource)?
    /// Brings images to the environment's own home; nil where they are there by nature.
    package let copier: (any ImageCopier)?

    package init(
        target: any Target, trafficSwitch: (any TrafficSwitch)?, front: (any Front)? = nil, probe: any Probe,
        signals: (any SignalSource)? = nil, copier: (any ImageCopier)? = nil
    ) {
        self.front = front
        self.copier = copier
        self.signals = signals
        self.target = target
        self.trafficSwitch = trafficSwitch
        self.probe = probe
    }
}
