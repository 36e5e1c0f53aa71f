package import PromotionCore

extension Stage {
    /// The services of the stage, with rules and times short enough to watch.
    /// - Parameter strategy: how prod takes a release: blue-green or canary.
    package static func services(prod strategy: Strategy = .blueGreen) -> [Service] {
        [service("payments", StageSeed.repository, strategy)]
    }

    /// Both services that a stage can have; the second has the releases of the first in a repository of its own.
    static func both(prod strategy: Strategy = .blueGreen) -> [Service] {
        services(prod: strategy) + [service("orders", StageSeed.secondRepository, strategy)]
    }

    private static func service(_ name: StaticString, _ repository: RepositoryName, _ strategy: Strategy) -> Service {
        Service(
            name: .literal(name), repository: repository,
            path: [
                environment(.literal("testing"), .replace, slots: [.only], bake: .seconds(5), body: name.description),
                environment(.literal("staging"), .replace, slots: [.only], bake: .seconds(5), body: name.description),
                environment(
                    .literal("prod"), strategy, slots: [.literal("blue"), .literal("green")], bake: .seconds(10),
                    body: name.description),
            ])
    }

    private static func environment(
        _ name: EnvironmentName, _ strategy: Strategy, slots: [SlotName], bake: Milliseconds, body: String
    ) -> Environment {
        Environment(
            name: name, strategy: strategy, slots: slots, platform: .host,
            policy: EnvironmentPolicy(
                soak: .zero, candidates: .releases, switching: .automatic,
                onInconclusive: strategy.hasIdleSlot ? .rollBack : .fail),
            checks: strategy == .canary ? checks(body) + signals : checks(body),
            timing: Timing(
                queue: .minutes(5), prepare: .seconds(15), deploy: .seconds(30), verify: .seconds(30), ready: .minutes(10),
                switching: .seconds(10), bake: bake, inconclusive: .minutes(2), rollback: .seconds(60)),
            steps: strategy == .canary ? steps : [])
    }

    private static let steps = [
        CanaryStep(weight: 10, warmUp: .seconds(1), analysis: .seconds(4), minimumSamples: 10),
        CanaryStep(weight: 50, warmUp: .seconds(1), analysis: .seconds(4), minimumSamples: 20),
    ]

    private static let signals = [
        CheckSpecification(
            name: .literal("errors"),
            kind: .signal(.errorRate, window: .seconds(10), limit: SignalLimit(absolute: 50_000, beyondOther: 20_000)),
            gates: [.live], interval: Milliseconds(500), count: 4, minimumSamples: 10),
        CheckSpecification(
            name: .literal("latency"),
            kind: .signal(
                .latency(percentile: 95), window: .seconds(10), limit: SignalLimit(absolute: 1_000_000, beyondOther: 150_000)),
            gates: [.live], interval: Milliseconds(500), count: 4, minimumSamples: 10),
    ]

    private static func checks(_ body: String) -> [CheckSpecification] {
        [
            CheckSpecification(
                name: .literal("health"), kind: .http(path: "/health", status: 200, maximumLatency: nil, bodyContains: nil),
                interval: Milliseconds(500), count: 5, timeout: .seconds(2)),
            CheckSpecification(
                name: .literal("ready"), kind: .http(path: "/ready", status: 200, maximumLatency: nil, bodyContains: nil),
                interval: Milliseconds(500), count: 3, timeout: .seconds(2)),
            CheckSpecification(
                name: .literal("home"),
                kind: .http(path: "/", status: 200, maximumLatency: .seconds(1), bodyContains: body),
                interval: Milliseconds(500), count: 5, timeout: .seconds(2)),
        ]
    }
}
