package import PromotionCore

extension Stage {
    /// The services of the stage, with rules and times short enough to watch.
    package static func services() -> [Service] {
        [
            Service(
                name: .literal("payments"), repository: StageSeed.repository,
                path: [
                    environment(.literal("testing"), .replace, slots: [.only], bake: .seconds(5)),
                    environment(.literal("staging"), .replace, slots: [.only], bake: .seconds(5)),
                    environment(.literal("prod"), .blueGreen, slots: [.literal("blue"), .literal("green")], bake: .seconds(10)),
                ])
        ]
    }

    private static func environment(
        _ name: EnvironmentName, _ strategy: Strategy, slots: [SlotName], bake: Milliseconds
    ) -> Environment {
        Environment(
            name: name, strategy: strategy, slots: slots, platform: .host,
            policy: EnvironmentPolicy(
                soak: .zero, candidates: .releases, switching: .automatic,
                onInconclusive: strategy == .blueGreen ? .rollBack : .fail),
            checks: checks,
            timing: Timing(
                queue: .minutes(5), prepare: .seconds(15), deploy: .seconds(30), verify: .seconds(30), ready: .minutes(10),
                switching: .seconds(10), bake: bake, inconclusive: .minutes(2), rollback: .seconds(60)))
    }

    private static let checks = [
        CheckSpecification(
            name: .literal("health"), kind: .http(path: "/health", status: 200, maximumLatency: nil, bodyContains: nil),
            interval: Milliseconds(500), count: 5, timeout: .seconds(2)),
        CheckSpecification(
            name: .literal("ready"), kind: .http(path: "/ready", status: 200, maximumLatency: nil, bodyContains: nil),
            interval: Milliseconds(500), count: 3, timeout: .seconds(2)),
        CheckSpecification(
            name: .literal("home"),
            kind: .http(path: "/", status: 200, maximumLatency: .seconds(1), bodyContains: "payments"),
            interval: Milliseconds(500), count: 5, timeout: .seconds(2)),
    ]
}
