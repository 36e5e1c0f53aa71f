internal import Platform
package import PromotionCore

/// The embedded stage: a place to promote on with nothing installed.
///
/// All it knows is in its directory; the processes it starts outlive it.
package struct Stage: Sendable {
    package let directory: StageDirectory
    private let processes: SlotProcesses
    private let router: StageRouter
    private let registry: any Registry
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - executable: the program that has the hidden commands `stage-slot` and `stage-router`.
    ///   - registry: reads the layouts under the directory's `registry`.
    ///   - now: wall time, for observations.
    package init(
        _ directory: StageDirectory, executable: StageExecutable, registry: any Registry, now: @escaping @Sendable () -> Timestamp
    ) {
        self.directory = directory
        self.registry = registry
        self.now = now
        processes = SlotProcesses(directory: directory, executable: executable)
        router = StageRouter(directory: directory, executable: executable)
    }

    /// The target of one place; a place that the stage does not have refuses everything.
    package func target(for place: Place) -> StageTarget { StageTarget(place: stagePlace(place), now: now) }

    /// The switch of one place.
    package func trafficSwitch(for place: Place) -> StageSwitch { StageSwitch(place: stagePlace(place)) }

    /// The address of the users of one place.
    package func front(of place: Place) -> StageFront { StageFront(place: stagePlace(place)) }

    /// The signals of one place.
    package func signals(for place: Place) -> StageSignals { StageSignals(place: place, router: router) }

    /// Seeds the registry and makes router and slots run what their files say, or what a new stage begins with.
    /// - Parameter strategy: how prod takes a release; a stage that has been prepared keeps its own.
    /// - Parameter services: 1, or 2; a stage that has been prepared with 2 keeps them.
    package func start(prod strategy: Strategy = .blueGreen, services: Int = 1) async throws(Fault) {
        do throws(StageError) { try StageSeed(directory).write(prod: strategy, services: services) } catch { throw error.fault }
        try await router.start()
        for service in self.services() {
            for environment in service.path { try await start(environment, of: service) }
        }
    }

    /// The services that this stage was prepared with.
    package func services() -> [Service] {
        Self.both().filter { FileStatus.exists("\(directory.layout(of: $0.repository))/index.json") }
    }

    /// Ends every process of this stage directory; the files stay, so that `start` brings the same back.
    package func stopAll() async {
        await withDiscardingTaskGroup { group in
            for instance in processes.all() { group.addTask { await processes.end(instance) } }
            group.addTask { await router.end() }
        }
    }

    private func start(_ environment: Environment, of service: Service) async throws(Fault) {
        let place = stagePlace(Place(service.name, environment.name))
        let entry = try await router.ask(.open(place: place.place)).table[place.place]
        let fence = max(try place.seenFence() ?? Fence(0), entry?.fence ?? Fence(0))
        let initial = StageSeed.initial.filter { $0.environment == environment.name }
        try await place.change(under: fence) { () async throws(Fault) -> Void in
            for slot in environment.slots {
                let tag = initial.first { $0.slot == slot }?.tag
                if let record = try place.record(slot) {
                    if let image = record.image { try await place.run(image, in: slot, under: fence) }
                } else if let release = tag.flatMap(StageSeed.release) {
                    let image = PinnedImage(repository: service.repository, digest: StageSeed.digest(of: release))
                    try await place.run(image, in: slot, under: fence)
                }
            }
            guard entry?.weights.isEmpty ?? true, let live = initial.first(where: \.isLive)?.slot else { return }
            if environment.slots.count > 1 { _ = try await place.route(Routing(all: live), under: fence) }
        }
    }

    private func stagePlace(_ place: Place) -> StagePlace {
        let service = Self.both().first { $0.name == place.service }
        return StagePlace(
            place: place, slots: service?.environment(place.environment)?.slots ?? [], directory: directory,
            processes: processes, router: router, registry: registry)
    }
}
