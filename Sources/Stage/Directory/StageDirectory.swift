internal import Platform
package import PromotionCore

/// The one directory that holds a stage: registry, slots, router and logs, each at its place.
package struct StageDirectory: Hashable, Sendable {
    /// Absolute, without a slash at the end.
    package let path: String

    /// Names a directory; a relative path is taken from where this process stands now.
    package init(_ path: String) {
        var absolute = path.hasPrefix("/") ? path : Directories.current + "/" + path
        while absolute.count > 1, absolute.hasSuffix("/") { absolute.removeLast() }
        self.path = absolute
    }

    /// The configuration of a Baton on this stage.
    package var configuration: String { "\(path)/baton.yaml" }

    /// Root of the OCI image layouts: one directory a repository.
    package var registry: String { "\(path)/registry" }

    /// The OCI image layout of a repository.
    package func layout(of repository: RepositoryName) -> String { "\(registry)/\(repository)" }

    /// What runs in a slot.
    package func slotFile(_ place: Place, _ slot: SlotName) -> String {
        "\(path)/slots/\(place.service)/\(place.environment)/\(slot).json"
    }

    /// The highest fence seen for a place.
    func fenceFile(_ place: Place) -> String { "\(path)/fences/\(place.service)/\(place.environment).json" }

    /// Held by who changes a place.
    func lockFile(_ place: Place) -> String { "\(path)/fences/\(place.service)/\(place.environment).lock" }

    /// One file for each slot process.
    var instances: String { "\(path)/instances" }

    func instanceFile(_ token: InstanceToken) -> String { "\(instances)/\(token).json" }

    func instanceLog(_ place: Place, _ slot: SlotName) -> String {
        "\(logs)/\(place.service)-\(place.environment)-\(slot).log"
    }

    /// Logs of slots and router, each bounded.
    package var logs: String { "\(path)/logs" }

    /// The routing table that the router keeps.
    package var routerTable: String { "\(path)/router.json" }
    /// Which process the router is.
    var routerProcess: String { "\(path)/router-process.json" }
    var routerLock: String { "\(path)/router.lock" }
    var routerLog: String { "\(logs)/router.log" }
    /// The router's control socket, for this account only.
    package var routerSocket: String { "\(path)/router.sock" }

    /// Makes the directory and the folders that every stage has.
    func make() throws(StageError) {
        for folder in [path, registry, "\(path)/slots", "\(path)/fences", instances, logs] {
            try StageFile.makeDirectory(folder)
        }
    }

    /// Whether the directory is there; nothing but `make` brings one back that was removed.
    var exists: Bool { FileStatus.exists(path) }

    /// Makes the folders of one place.
    /// - Throws: `StageError.removed` if the stage directory is gone.
    func make(_ place: Place) throws(StageError) {
        guard exists else { throw .removed(path: SafeText(path)) }
        try StageFile.makeDirectory("\(path)/slots/\(place.service)/\(place.environment)")
        try StageFile.makeDirectory("\(path)/fences/\(place.service)")
    }
}
