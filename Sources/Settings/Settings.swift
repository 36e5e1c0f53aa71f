package import PromotionCore

/// The configuration of one Baton, read whole from one YAML file and free of mistakes because it exists.
package struct Settings: Hashable, Sendable {
    /// The version of the file's format; 1.
    package let version: Int
    /// Directory of the ledger and of what else outlives the agent; nil for the account's own default.
    package let state: String?
    /// Where other accounts reach the agent; nil for the state directory, which is the agent's account's alone.
    package let socket: SocketSettings?
    /// What accounts may do; one that is not named may look.
    package let roles: Roles
    /// Public keys that sign images and attestations, by name.
    package let keys: [TrustedKey]
    /// How promotion records travel with images; nil where they do not.
    package let passport: PassportSettings?
    /// Who is told of what.
    package let notifications: [WebhookSettings]
    /// In the order of the file.
    package let services: [ConfiguredService]
    /// Sets of services that are promoted as one.
    package let jointSets: [JointSet]

    package init(
        version: Int, state: String?, socket: SocketSettings? = nil, roles: Roles, keys: [TrustedKey] = [],
        passport: PassportSettings? = nil, notifications: [WebhookSettings] = [], services: [ConfiguredService],
        jointSets: [JointSet] = []
    ) {
        self.jointSets = jointSets
        self.version = version
        self.state = state
        self.socket = socket
        self.roles = roles
        self.keys = keys
        self.passport = passport
        self.notifications = notifications
        self.services = services
    }
}

extension Settings {
    /// Reads a small file that the configuration names; the reason where it cannot be read.
    package typealias FileReading = (_ path: String) -> Result<[UInt8], FileFault>

    /// Why a file that the configuration names cannot be read.
    package struct FileFault: Error, Hashable, Sendable {
        package let text: SafeText

        package init(_ text: SafeText) { self.text = text }
    }

    /// For a configuration that names none.
    package static func noFiles(_ path: String) -> Result<[UInt8], FileFault> { .failure(FileFault("no files are read here")) }
}

/// How an agent signs the records of its promotions.
package struct PassportSettings: Hashable, Sendable {
    /// Absolute path of the private key; nil where this agent writes no passports.
    package let keyFile: String?
    /// Keys of other agents whose passports count.
    package let trusted: [TrustedKey]

    package init(keyFile: String?, trusted: [TrustedKey]) {
        self.keyFile = keyFile
        self.trusted = trusted
    }
}

/// A service, and where its images and its environments are.
package struct ConfiguredService: Hashable, Sendable {
    package let service: Service
    package let registry: RegistrySettings
    /// One for each environment of the service's path.
    package let targets: [EnvironmentName: TargetSettings]
    /// Where each environment's secrets are in Vault; absent where neither the file nor the name says.
    package let mounts: [EnvironmentName: VaultMount]
    package let retention: RetentionSettings
    /// The registries of environments whose images are not in the service's repository.
    package let homes: [EnvironmentName: RegistrySettings]
    /// Where failures are written down; nil where they are not.
    package let project: ProjectSettings?
    /// How often what serves is verified again; absent where only a person asks for it.
    package let verification: [EnvironmentName: Milliseconds]

    package init(
        service: Service, registry: RegistrySettings, targets: [EnvironmentName: TargetSettings],
        mounts: [EnvironmentName: VaultMount], project: ProjectSettings? = nil,
        verification: [EnvironmentName: Milliseconds] = [:], retention: RetentionSettings = RetentionSettings(),
        homes: [EnvironmentName: RegistrySettings] = [:]
    ) {
        self.homes = homes
        self.service = service
        self.registry = registry
        self.targets = targets
        self.mounts = mounts
        self.retention = retention
        self.project = project
        self.verification = verification
    }
}

/// Where a service's images are.
package enum RegistrySettings: Hashable, Sendable {
    /// An OCI image layout directory (OCI image-spec, image-layout); relative to the configuration file's directory.
    case layout(directory: String)
    /// A registry that speaks the OCI distribution specification.
    case remote(RemoteRegistry)
}

/// A registry that speaks HTTP, and how to reach it.
package struct RemoteRegistry: Hashable, Sendable {
    /// Scheme, host, and port where it is not the scheme's own.
    package let url: String
    /// Both or neither; without them Docker's `config.json` of the agent's account is asked.
    package let username: SecretReference?
    package let password: SecretReference?
    /// A file with the certificates of a private authority, trusted beside the system's; relative to the configuration
    /// file's directory.
    package let authority: String?
    /// Requests that may be under way at a time.
    package let connections: Int

    /// Variables of the agent's environment that credential helpers get, besides those that all of them get.
    package let helperVariables: [String]

    /// Where the configuration names no number.
    package static let usualConnections = 16

    package init(
        url: String, username: SecretReference? = nil, password: SecretReference? = nil, authority: String? = nil,
        connections: Int = usualConnections, helperVariables: [String] = []
    ) {
        self.url = url
        self.username = username
        self.password = password
        self.authority = authority
        self.connections = connections
        self.helperVariables = helperVariables
    }
}

/// What runs an environment's images.
package enum TargetSettings: Hashable, Sendable {
    /// The embedded stage; relative to the configuration file's directory.
    case stage(directory: String)
}
