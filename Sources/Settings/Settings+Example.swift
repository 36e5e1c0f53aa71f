extension Settings {
    /// A configuration with every key, explained for an operator; `Resources/baton.example.yaml` is the same text.
    package static let example = #"""
        # Configuration of Baton. Check it with: baton config check baton.yaml
        # Every mistake is reported at once, with its line and what would be right.
        # Times are written 250ms, 30s, 10m, 4h or 7d. Relative paths begin at the directory of this file.

        version: 1

        # Where the ledger is kept. Left out, it is the agent account's own state directory.
        state: /var/lib/baton

        # Where accounts other than the agent's own reach it, with --socket or by this file: a directory of its own, which the agent
        # makes, in one that belongs to root. The group's members may connect. Left out, the socket lies in the state directory and
        # is for the agent's account and root alone.
        socket: {path: /run/baton/agent.sock, group: baton}

        # What accounts of this machine may do. One that is not named may look; the agent's own may do everything.
        # viewer: look. ci: record evidence. operator: promote, roll back, freeze, pin and veto. approver: approve, and lift what
        # others put on. admin: everything. Where the role differs by environment: everywhere, and then each that is different.
        roles:
          alice: operator
          bob: {everywhere: operator, prod: approver}
          ci: ci

        # Accounts that several people share and that say who they are: --as NAME. Roles are then by that name.
        gateways: [releases]

        # Times in which nothing is promoted anywhere; rollbacks stay possible. days, dates and hours hold together; from and until
        # bound them, or stand alone. zone is UTC, or an IANA name such as Europe/Berlin from the host's package tzdata.
        freezes:
          - {name: end of the year, dates: [12-20/01-02], zone: UTC}
          - {name: move of the data centre, from: 2026-10-02 18:00, until: 2026-10-05 06:00}

        # Keys whose signatures count: P-256 or Ed25519, the file of a public key (./keys/release.pub) or the key itself.
        keys:
          release: |
            -----BEGIN PUBLIC KEY-----
            MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMmdBRlMRdduAhX5ld/VatbhKozmO
            x0msuYYXYbX/igPb6dP0at2YSbvrPBvepIei/T2Vx+Nk4Dm78BhyDmLApw==
            -----END PUBLIC KEY-----

        # Records of promotions travel with their images, signed by this agent. baton passport keygen makes the key.
        passport:
          key: file:/etc/baton/passport.key
          # Keys of other agents whose passports count.
          trusted: [release]

        # Who is told of what: one POST for each occasion, as JSON or as a message of Slack.
        notifications:
          - name: team
            # An address that lets whoever knows it write there is a secret: env:NAME or file:/path.
            webhook: env:TEAM_WEBHOOK
            format: slack
            # failed, rolled-back, rollback-failed, waiting (for a person), called (automation needs a person), succeeded.
            # Left out, all but the last.
            on: [failed, rolled-back, rollback-failed, waiting, called]
            # Where a promotion can be looked at: {service}, {environment}, {promotion} and {digest} are filled in.
            run-link: https://ci.example/runs/{service}/{environment}/{promotion}
          - name: pager
            webhook: https://pager.example/baton
            on: [rollback-failed, called]
            headers: {authorization: env:PAGER_AUTHORIZATION}
            # Certificates of a private authority, trusted next to the system's.
            # ca: /etc/baton/pager-ca.pem

        services:
          payments:
            # Where images come from: a directory in the OCI image layout, or a registry:
            #   registry:
            #     url: https://registry.example
            #     # Both or neither: without them, what docker login left for the agent's account is used, credential helpers too.
            #     username: env:REGISTRY_USER
            #     password: file:/run/secrets/registry-password
            #     # Certificates of a private authority, trusted beside the system's.
            #     ca: /etc/baton/registry-ca.pem
            #     # Without username and password: variables that credential helpers get besides PATH, HOME, LANG and the proxies'.
            #     # environment: [AWS_PROFILE]
            #     # Requests that may be under way at a time.
            #     connections: 16
            # Secrets never stand in this file. They are referred to as vault:{mount}/{service}/{component}/{secret-name}#{field}
            # (mounts secret-dev, secret-staging, secret-prod), env:NAME or file:/path.
            registry: {layout: ./registry/shop/payments}
            repository: shop/payments
            # How versions are written, where that is not vX.Y.Z-rc.N for a candidate and vX.Y.Z for its release. X, Y, Z and N are
            # numbers (0Y: at least two digits), 'text in quotes' and all other text stand for themselves, [-suffix] at the end is a
            # line of its own. A candidate becomes the final tag of its form; without one it keeps its own. Up to eight forms.
            # versions:
            #   - candidate: X.Y.Z-rcN[-suffix]
            #     final: X.Y.Z[-suffix]
            #   - {candidate: build-X.0Y.0Z.N, final: release-X.0Y.0Z}
            # The project's checkout: after a failure it is told of in these files. project: ./payments is short for it.
            project:
              directory: ./payments
              tasks: docs/TASKS.md
              scratchpads: docs/scratchpads
              release-notes: docs/RELEASE_NOTES.md

            # What may go from the repository, so that it does not grow without end. A candidate or build may go only when it has
            # left both its windows, count and age; final tags, what any environment names, runs or can go back to, what they
            # reach, and what is held by hand never go. What goes is quarantined first and can be had back: baton retention.
            retention:
              # From run to run; left out, only people run it, and Baton looks once a day.
              schedule: 24h
              # Of each X.Y.Z.
              candidates: {count: 5, age: 30d}
              builds: {count: 20, age: 14d}
              # From quarantine to deletion.
              grace: 7d
              # Tags of a hundred that one run may take.
              allow-ratio: 30
              # seen: from when Baton first saw an image. created: from what its builder wrote.
              age: seen
              # Deletions a second.
              pace: 5

            # In the order of promotion. Every name is also a pointer tag in the registry: testing, prod, prod-blue, prod-green.
            environments:
              - name: testing
                # What runs the images; the embedded stage needs nothing installed.
                target: {stage: ./stage}
                # replace: one slot; the release is deployed over the one before. The rule for all but the last environment.
                strategy: replace
                # What may enter: releases (vX.Y.Z-rc.N), or builds (sha-... as well).
                candidates: releases
                # How long the release is watched after the switch.
                bake: 30s
                # true: consent to a promotion here names the digest, as it always does into the last environment.
                guarded: false
                # How long the release from before may still answer after traffic has moved; then its answers are failures.
                settle: 30s
                # How often what serves is verified again; a check that fails then takes its evidence back.
                reverify: 6h
                # A check measures by http, smoke or tcp. That the right digest runs is always checked.
                checks:
                  - {name: health, http: /health, status: 200, within: 250ms, every: 1s, count: 5}
                  - {name: smoke, smoke: [./smoke.sh, --quick], count: 1, timeout: 30s}
                  - {name: port, tcp: true}

              - name: prod
                target: {stage: ./stage}
                # Where its images and pointer tags are, where that is not the repository above: another repository, another registry
                # (with all keys of one), or both. An image is copied there first, by its digest, with all that speaks for it: mounted
                # within a registry, streamed between two. Both have a url. Nothing is ever deleted there.
                #   registry: {url: https://registry.prod.example, username: env:PROD_USER, password: file:/run/secrets/prod}
                #   repository: prod/payments
                # blue-green: the idle slot is deployed and checked, then traffic moves at once. The rule for the last environment.
                # canary: traffic moves step by step, both slots measured at the same instants. It takes a check of a signal that
                # is not observe-only, and on-inconclusive: roll-back:
                #   strategy: canary
                #   steps:
                #     - {weight: 5, warm-up: 10s, analysis: 2m, samples: 50}
                #     - {weight: 50, analysis: 5m, samples: 500}
                strategy: blue-green
                slots: [blue, green]
                # What images must offer. Left out, it is what this machine runs.
                platform: linux/amd64
                # Which mount of Vault this environment's secrets are in. Known for testing, staging and prod.
                secrets: secret-prod
                # Whose signature an image must carry (cosign, with a key), and how many different keys.
                signature: {keys: [release], threshold: 1}
                # Statements that must hang on it (in-toto, signed), by their predicate type. With evidence: true one is not required:
                # it counts as evidence of the environment before.
                attestations:
                  - {type: "https://slsa.dev/provenance/v1", keys: [release], threshold: 1}
                  - {type: "https://in-toto.io/attestation/test-result/v0.1", keys: [release], evidence: true}
                # What an image must be: user any or non-root; base any or pinned (never latest); labels that must be there.
                image: {user: non-root, base: pinned, labels: [org.opencontainers.image.revision]}
                # Where it must have passed (left out, in the environment before), in all of these or in one-of them, and whose word
                # counts: baton (its own checks), ci (what was recorded by hand or pipeline), attestation. Left out, everybody's.
                evidence: {from: [testing], need: all, sources: [baton, ci, attestation]}
                # How many people other than the one who starts it have to agree, of which role at least, and how long it waits.
                approvals: {count: 1, role: approver, within: 4h}
                # As at the top of the file, for this environment alone.
                freezes:
                  - {name: nights and weekends, days: [fri-sun], hours: 18:00-08:00}
                # How long the release must have run in the environment before.
                soak: 10m
                # automatic: a promotion begins by itself once all else is met, with the newest candidate. manual: a person begins it.
                promote: manual
                # automatic: traffic moves once the idle slot is verified. manual: it waits for a person.
                switching: manual
                bake: 10m
                # When checks are inconclusive and nobody decides in time: roll-back or fail.
                on-inconclusive: roll-back
                # How long each part may take. These are the times that hold where none are given.
                deadlines:
                  queue: 30m
                  prepare: 1m
                  # Copying an image to a repository of its own, on top of prepare.
                  copy: 30m
                  deploy: 5m
                  verify: 2m
                  ready: 60m
                  switch: 30s
                  inconclusive: 15m
                  rollback: 5m
                  # Waiting for conditions (--wait-for-conditions), and held by a person.
                  blocked: 1d
                  paused: 60m
                  # A broken deploy waits this long for a person to have it tried again; at 0s it fails at once.
                  retry: 0s
                checks:
                  - name: health
                    http: /health
                    status: 200
                    within: 250ms
                    body-contains: ok
                    # idle: before traffic. live: after the switch, and while the release bakes.
                    gates: [idle, live]
                    every: 1s
                    count: 10
                    delay: 2s
                    timeout: 5s
                    # Failed, inconclusive, and consecutive unanswered measurements that are let pass.
                    failures: 0
                    inconclusive: 0
                    errors: 4
                    # Passes in a row that it takes besides, and what a gate comes to that had no data: inconclusive or fail.
                    successes: 0
                    on-no-data: inconclusive
                  - {name: latency, http: /, within: 1s, observe-only: true}
                  # What runs the image says that it is healthy.
                  - {name: container, container: true}
                  # A signal is read from the traffic over a window: error-rate, latency-p50, -p90, -p95 or -p99. limit is
                  # absolute; beyond-other, in a canary, is how much more than the other slot at the same instants.
                  - {name: errors, signal: error-rate, window: 1m, limit: 1%, samples: 20, observe-only: true}

        # Services that are promoted as one with baton joint: they switch in this order, and are undone in reverse.
        # joint:
        #   shop: [catalog, payments]

        """#
}
