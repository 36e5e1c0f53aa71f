extension Stage {
    /// The stage's services as the configuration file that `baton stage` writes; a test holds the two together.
    package static let configuration = """
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
}
