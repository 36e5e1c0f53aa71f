internal import Foundation
internal import PromotionCore
internal import Settings
internal import Testing

@Suite struct SettingsReadTests {
    private func read(_ yaml: String) throws -> Settings {
        try Settings.read(yaml: yaml, file: "baton.yaml", architecture: "arm64").get()
    }

    @Test func `the example is without mistakes and says what it looks like`() throws {
        let settings = try read(Settings.example)
        #expect(settings.version == 1)
        #expect(settings.state == "/var/lib/baton")
        let bob = Grant(.operator, environments: [.literal("prod"): .approver])
        #expect(
            settings.roles
                == Roles(grants: ["alice": Grant(.operator), "bob": bob, "ci": Grant(.ci)], gateways: ["releases"]))
        #expect(settings.socket == SocketSettings(path: "/run/baton/agent.sock", group: "baton"))
        let payments = try #require(settings.services.first)
        #expect(settings.services.count == 1)
        #expect(payments.registry == .layout(directory: "./registry/shop/payments"))
        #expect(payments.service.name == .literal("payments"))
        #expect(payments.service.repository.text == "shop/payments")
        #expect(payments.service.path.map(\.name.text) == ["testing", "prod"])
        #expect(
            payments.targets == [
                .literal("testing"): .stage(directory: "./stage"), .literal("prod"): .stage(directory: "./stage"),
            ])
        #expect(payments.mounts == [.literal("testing"): .development, .literal("prod"): .production])
    }

    @Test func `the environments of the example have what the file says`() throws {
        let path = try #require(read(Settings.example).services.first).service.path
        let (testing, prod) = (path[0], path[1])
        #expect(testing.strategy == .replace)
        #expect(testing.slots == [.only])
        #expect(testing.platform == Platform(system: "linux", architecture: "arm64"))
        #expect(testing.timing == Timing(bake: .seconds(30)))
        #expect(testing.policy.onInconclusive == .fail)
        #expect(
            testing.checks == [
                CheckSpecification(
                    name: .literal("health"),
                    kind: .http(path: "/health", status: 200, maximumLatency: Milliseconds(250), bodyContains: nil)),
                CheckSpecification(
                    name: .literal("smoke"), kind: .smoke(command: ["./smoke.sh", "--quick"]), count: 1, timeout: .seconds(30)),
                CheckSpecification(name: .literal("port"), kind: .tcp),
            ])
        #expect(prod.strategy == .blueGreen)
        #expect(prod.slots == [.literal("blue"), .literal("green")])
        #expect(prod.platform == Platform(system: "linux", architecture: "amd64"))
        #expect(prod.timing == Timing(), "the example's deadlines are those that hold where none are given")
        #expect(prod.policy.freezes.map(\.name) == ["nights and weekends", "end of the year", "move of the data centre"])
        #expect(testing.policy.freezes.map(\.name) == ["end of the year", "move of the data centre"])
        #expect(
            prod.policy
                == EnvironmentPolicy(
                    soak: .minutes(10), candidates: .releases, switching: .manual, onInconclusive: .rollBack,
                    evidence: EvidenceRule(environments: [.literal("testing")]), freezes: prod.policy.freezes,
                    approval: ApprovalRule(number: 1, leastRole: .approver, expires: .minutes(240))))
        #expect(
            prod.checks == [
                CheckSpecification(
                    name: .literal("health"),
                    kind: .http(path: "/health", status: 200, maximumLatency: Milliseconds(250), bodyContains: "ok"), count: 10,
                    initialDelay: .seconds(2)),
                CheckSpecification(
                    name: .literal("latency"),
                    kind: .http(path: "/", status: 200, maximumLatency: .seconds(1), bodyContains: nil), observeOnly: true),
                CheckSpecification(name: .literal("container"), kind: .container),
                CheckSpecification(
                    name: .literal("errors"),
                    kind: .signal(
                        .errorRate, window: .minutes(1), limit: SignalLimit(absolute: 10_000, beyondOther: nil)),
                    gates: [.live], observeOnly: true, minimumSamples: 20),
            ])
    }

    @Test func `the example file is the example`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appendingPathComponent("Resources/baton.example.yaml"), encoding: .utf8)
        #expect(text == Settings.example)
    }

    @Test func `a short file takes the rules that hold where nothing is said`() throws {
        let settings = try read(
            """
            version: 1
            services:
              shop:
                registry: {layout: r}
                repository: shop
                environments:
                - {name: testing, target: {stage: s}}
                - {name: preview, target: {stage: s}, checks: [{name: up, http: /}]}
                - {name: prod, target: {stage: s}}
            """)
        #expect(settings.state == nil)
        #expect(settings.roles.grants.isEmpty)
        let service = try #require(settings.services.first)
        #expect(service.service.path.map(\.strategy) == [.replace, .replace, .blueGreen])
        #expect(service.service.path.map(\.policy.onInconclusive) == [.fail, .fail, .rollBack])
        #expect(service.service.path.map { $0.slots.map(\.text) } == [["main"], ["main"], ["blue", "green"]])
        #expect(service.mounts == [.literal("testing"): .development, .literal("prod"): .production])
    }

    @Test(arguments: [
        ("vault:secret-prod/app/registry/pull#password", nil),
        ("env:REGISTRY_PASSWORD", nil), ("file:/run/secrets/pull", nil),
        ("vault:secret/app/registry/pull#password", "the Vault mount is outside the convention"),
        ("vault:secret-prod/app/pull#password", "the Vault path is outside the convention"),
        ("vault:secret-prod/app/registry/pull", "the Vault path is outside the convention"),
        ("vault:secret-prod/app/registry/pull#pass", "the field of the Vault secret is outside the convention"),
        ("vault:secret-prod/App/registry/pull#password", "a part of the Vault path is not a name"),
        ("vault:secret-prod/app//pull#password", "a part of the Vault path is not a name"),
        ("vault:secret-prod/../registry/pull#password", "a part of the Vault path is not a name"),
        ("env:", "env: names no variable"), ("env:9A", "env: names no variable"), ("env:A-B", "env: names no variable"),
        ("file:relative", "file: names no absolute path"),
        ("hunter2", "password holds a value, and secrets never stand in the configuration"),
    ])
    func `a secret is a reference in its convention`(_ text: String, _ wrong: String?) throws {
        let yaml = """
            version: 1
            services:
              shop:
                registry: {url: 'https://registry.example:5000', username: 'env:USER', password: '\(text)', ca: ca.pem, connections: 8}
                repository: shop
                environments: [{name: prod, target: {stage: s}}]
            """
        let found = mistakes(yaml)
        #expect(found.count == (wrong == nil ? 0 : 1))
        #expect(found.first?.contains(wrong ?? "") ?? true, "\(found)")
        guard wrong == nil else { return }
        let registry = try #require(read(yaml).services.first).registry
        let secret = try SecretReference(parsing: text)
        let wanted = RemoteRegistry(
            url: "https://registry.example:5000", username: try SecretReference(parsing: "env:USER"), password: secret,
            authority: "ca.pem", connections: 8)
        #expect(registry == .remote(wanted))
    }

    @Test(
        arguments: [
            ("[AWS_PROFILE, _x1]", nil), ("[]", nil), ("AWS_PROFILE", "environment is not a list"),
            ("[AWS_PROFILE=prod]", "environment names no variable here"), ("[1X]", "names no variable"), ("['']", "empty"),
        ] as [(String, String?)])
    func `a registry names variables for credential helpers`(_ text: String, _ wrong: String?) throws {
        let yaml = """
            version: 1
            services:
              shop:
                registry: {url: 'https://registry.example', environment: \(text)}
                repository: shop
                environments: [{name: prod, target: {stage: s}}]
            """
        let found = mistakes(yaml)
        #expect(found.count == (wrong == nil ? 0 : 1))
        #expect(found.first?.contains(wrong ?? "") ?? true, "\(found)")
        guard wrong == nil else { return }
        let registry = try #require(read(yaml).services.first).registry
        let names = text == "[]" ? [] : ["AWS_PROFILE", "_x1"]
        #expect(registry == .remote(RemoteRegistry(url: "https://registry.example", helperVariables: names)))
    }

    @Test func `lines end in any way and text stays text`() throws {
        let yaml = """
            version: 1
            state: yes
            services:
              no:
                registry: {layout: "1"}
                repository: '2'
                environments: [{name: on, target: {stage: null}}]
            """
        for text in [yaml, yaml.replacingOccurrences(of: "\n", with: "\r\n")] {
            let settings = try read(text)
            #expect(settings.state == "yes")
            #expect(settings.services.first?.service.name.text == "no")
        }
    }
}
