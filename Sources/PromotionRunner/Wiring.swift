package import PromotionCore

/// A service with the ports that carry out what is decided about it.
package struct ServiceWiring: Sendable {
    package let service: Service
    package let registry: any Registry
    /// The same registry's contents; nil where nothing beyond tags is worked on.
    package let artifacts: (any ArtifactStore)?
    package let places: [EnvironmentName: PlaceWiring]
    /// How its repository is kept from growing; nil where nobody said.
    package let retention: RetentionWiring?

    package init(
        service: Service, registry: any Registry, artifacts: (any ArtifactStore)? = nil, places: [EnvironmentName: PlaceWiring],
        retention: RetentionWiring? = nil
    ) {
        self.service = service
        self.registry = registry
        self.artifacts = artifacts
        self.places = places
        self.retention = retention
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

    package init(rules: RetentionRules, schedule: Milliseconds?, files: any RetentionFiles, pace: Int = 5) {
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
    package let probe: any Probe
    /// Nil where nothing measures the traffic.
    package let signals: (any SignalSource)?

    package init(
        target: any Target, trafficSwitch: (any TrafficSwitch)?, probe: any Probe, signals: (any SignalSource)? = nil
    ) {
        self.signals = signals
        self.target = target
        self.trafficSwitch = trafficSwitch
        self.probe = probe
    }
}

/// Time and the threads that work is done on, as the runner is given them.
package struct TimeSource: Sendable {
    package let clock: any Clock<Duration>
    package let now: @Sendable () -> Timestamp
    /// The one thread that the runner and all its tasks run on; a simulation brings one that it controls.
    package let executor: any RunnerExecutor

    package init(clock: any Clock<Duration>, now: @escaping @Sendable () -> Timestamp, executor: any RunnerExecutor) {
        self.clock = clock
        self.now = now
        self.executor = executor
    }

    /// Begins work beside the caller's, on the runner's executor (a child task would leave it).
    func begin<Result: Sendable>(_ work: @escaping @Sendable () async -> Result) -> Task<Result, Never> {
        Task(executorPreference: executor) { await work() }
    }

    /// Waits; ends early when the task is cancelled.
    func wait(_ time: Milliseconds) async {
        try? await clock.sleep(for: time.duration)
    }
}
