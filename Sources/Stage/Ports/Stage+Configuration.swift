package import PromotionCore

extension Stage {
    /// The stage's services as the configuration file that `baton stage` writes; a test holds the two together.
    /// - Parameter strategy: how prod takes a release: blue-green or canary.
    /// - Parameter services: 1, or 2 for a second service, and a joint set of both.
    package static func configuration(prod strategy: Strategy, services: Int = 1) -> String {
        let one = paths + (strategy == .canary ? canary : blueGreen)
        guard services > 1, let start = one.firstRange(of: "  payments:") else { return one }
        let second = one[start.lowerBound...].replacing("payments", with: "orders")
        return one + "\n" + second + "\njoint:\n  shop: [payments, orders]\n"
    }

    private static let paths = """
        # The embedded stage, read like any other configuration. Check it with: baton config check .stage/baton.yaml
        version: 1
        state: ./state
        services:
          payments:
            registry: {layout: ./registry/shop/payments}
            repository: shop/payments
            environments:
              - name: testing
                target: {stage: .}
                strategy: replace
                bake: 5s
                on-inconclusive: fail
                deadlines: {queue: 5m, prepare: 15s, deploy: 30s, verify: 30s, ready: 10m, switch: 10s, inconclusive: 2m, rollback: 60s}
                checks:
                  - {name: health, http: /health, every: 500ms, count: 5, timeout: 2s}
                  - {name: ready, http: /ready, every: 500ms, count: 3, timeout: 2s}
                  - {name: home, http: /, within: 1s, body-contains: payments, every: 500ms, count: 5, timeout: 2s}
              - name: staging
                target: {stage: .}
                strategy: replace
                bake: 5s
                on-inconclusive: fail
                deadlines: {queue: 5m, prepare: 15s, deploy: 30s, verify: 30s, ready: 10m, switch: 10s, inconclusive: 2m, rollback: 60s}
                checks:
                  - {name: health, http: /health, every: 500ms, count: 5, timeout: 2s}
                  - {name: ready, http: /ready, every: 500ms, count: 3, timeout: 2s}
                  - {name: home, http: /, within: 1s, body-contains: payments, every: 500ms, count: 5, timeout: 2s}

        """

    private static let blueGreen = """
              - name: prod
                target: {stage: .}
                strategy: blue-green
                slots: [blue, green]
                bake: 10s
                on-inconclusive: roll-back
                deadlines: {queue: 5m, prepare: 15s, deploy: 30s, verify: 30s, ready: 10m, switch: 10s, inconclusive: 2m, rollback: 60s}
                checks:
                  - {name: health, http: /health, every: 500ms, count: 5, timeout: 2s}
                  - {name: ready, http: /ready, every: 500ms, count: 3, timeout: 2s}
                  - {name: home, http: /, within: 1s, body-contains: payments, every: 500ms, count: 5, timeout: 2s}
        """

    private static let canary = """
              - name: prod
                target: {stage: .}
                strategy: canary
                slots: [blue, green]
                # Each step needs users: without traffic nothing can be told from it, and a person is asked.
                steps:
                  - {weight: 10, warm-up: 1s, analysis: 4s, samples: 10}
                  - {weight: 50, warm-up: 1s, analysis: 4s, samples: 20}
                bake: 10s
                on-inconclusive: roll-back
                deadlines: {queue: 5m, prepare: 15s, deploy: 30s, verify: 30s, ready: 10m, switch: 10s, inconclusive: 2m, rollback: 60s}
                checks:
                  - {name: health, http: /health, every: 500ms, count: 5, timeout: 2s}
                  - {name: ready, http: /ready, every: 500ms, count: 3, timeout: 2s}
                  - {name: home, http: /, within: 1s, body-contains: payments, every: 500ms, count: 5, timeout: 2s}
                  - {name: errors, signal: error-rate, window: 10s, limit: 5%, beyond-other: 2%, samples: 10, every: 500ms, count: 4}
                  - {name: latency, signal: latency-p95, window: 10s, limit: 1s, beyond-other: 150ms, samples: 10, every: 500ms, count: 4}
        """
}
