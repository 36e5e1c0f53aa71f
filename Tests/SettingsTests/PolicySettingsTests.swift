internal import Foundation
internal import PromotionCore
internal import Settings
internal import Testing

@Suite struct PolicySettingsTests {
    /// The host's own time zone data.
    private static func zone(_ name: String) -> [UInt8]? {
        (try? Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/" + name))).map(Array.init)
    }

    private static func read(_ prod: String, top: String = "") -> Result<Settings, SettingsMistakes> {
        let indented = prod.split(separator: "\n").map { "        " + $0 }.joined(separator: "\n")
        let yaml = """
            version: 1
            \(top)
            services:
              shop:
                registry: {layout: r}
                repository: shop
                environments:
                  - {name: testing, target: {stage: s}}
                  - {name: staging, target: {stage: s}}
                  - name: prod
                    target: {stage: s}

            """
        return Settings.read(
            yaml: yaml + indented + "\n", file: "f.yaml",
            architecture: "amd64", zones: zone)
    }

    private static func policy(_ prod: String, top: String = "") throws -> EnvironmentPolicy {
        try #require(read(prod, top: top).get().services.first?.service.path.last).policy
    }

    @Test func `evidence, approvals and freezes are read`() throws {
        let policy = try Self.policy(
            """
            evidence: {from: [testing, staging], need: one-of, sources: [ci, attestation]}
            approvals: {count: 2, role: admin, within: 8h}
            freezes:
              - {name: weekend, days: [sat, sun], zone: Europe/Berlin}
            """, top: "freezes: [{name: nights, hours: 22:00-06:00}]")
        #expect(
            policy.evidence
                == EvidenceRule(
                    quorum: .oneOf, environments: [.literal("testing"), .literal("staging")], sources: [.ci, .attestation]))
        #expect(policy.approval == ApprovalRule(number: 2, leastRole: .admin, expires: .minutes(480)))
        #expect(policy.freezes.map(\.name) == ["weekend", "nights"])
        #expect(policy.freezes[0].weekdays == [.sat, .sun] && policy.freezes[0].zone.name == "Europe/Berlin")
        #expect(policy.freezes[1].hours == .init(from: 22 * 60, until: 6 * 60) && policy.freezes[1].zone == .utc)
        #expect(try Self.policy("soak: 1m").evidence == EvidenceRule())
        #expect(try Self.policy("approvals: {count: 1}").approval == ApprovalRule(number: 1, expires: .minutes(240)))
    }

    @Test func `an environment is guarded by its own word, and the last one always`() throws {
        func guarded(_ testing: String, _ prod: String) -> Result<[Bool?], SettingsMistakes> {
            let yaml = """
                version: 1
                services:
                  shop:
                    registry: {layout: r}
                    repository: shop
                    environments:
                      - {name: testing, target: {stage: s}\(testing)}
                      - {name: prod, target: {stage: s}\(prod)}

                """
            return Settings.read(yaml: yaml, file: "f.yaml", architecture: "amd64", zones: Self.zone)
                .map { $0.services[0].service.path.map(\.guarded) }
        }
        #expect(try guarded("", "").get() == [nil, nil])
        #expect(try guarded(", guarded: true", ", guarded: true").get() == [true, nil], "what is so anyway changes no plan")
        #expect(try guarded(", guarded: false", "").get() == [nil, nil])
        #expect(throws: SettingsMistakes.self) { try guarded("", ", guarded: false").get() }
        #expect(throws: SettingsMistakes.self) { try guarded(", guarded: often", "").get() }
    }

    @Test func `days, dates and bounds are read as the clock on the wall shows them`() throws {
        let rules = try Self.policy(
            """
            freezes:
              - {name: once, from: 2026-12-20 18:00, until: 2027-01-04T08:00, zone: America/New_York}
              - {name: spans, days: [fri-mon], dates: [12-24/01-02, 02-29], from: 2026-01-01 00:00}
            """
        ).freezes
        #expect(rules[0].from?.description == "2026-12-20T23:00:00Z" && rules[0].until?.description == "2027-01-04T13:00:00Z")
        #expect(rules[1].weekdays == [.mon, .fri, .sat, .sun] && rules[1].days.count == 2 && rules[1].until == nil)
    }

    /// Zones of different kinds: yearly rules, southern summers, half hours, no summer at all, changes listed one by one.
    @Test(arguments: [
        ("Europe/Berlin", "2026-07-01T00:00:00Z", 7_200), ("Europe/Berlin", "2049-01-01T00:00:00Z", 3_600),
        ("America/New_York", "2026-11-01T05:59:59Z", -14_400), ("America/New_York", "2026-11-01T06:00:00Z", -18_000),
        ("Australia/Lord_Howe", "2026-01-01T00:00:00Z", 39_600), ("Asia/Kolkata", "2026-01-01T00:00:00Z", 19_800),
        ("Africa/Casablanca", "2026-02-25T00:00:00Z", 0), ("Africa/Casablanca", "2026-06-01T00:00:00Z", 3_600),
    ])
    func `the host's time zone data are read as they are`(name: String, at: String, offset: Int) throws {
        _ = try #require(Self.zone(name), "tzdata is not installed: make setup")
        let rule = try #require(try Self.policy("freezes: [{name: x, days: [mon], zone: \(name)}]").freezes.first)
        let moment = try #require(ISO8601DateFormatter().date(from: at))
        #expect(rule.zone.offset(at: Timestamp(millisecondsSinceEpoch: Int64(moment.timeIntervalSince1970) * 1_000)) == offset)
        #expect(rule.zone.transitions.count < 80)
    }

    /// Every zone of the host against what Foundation makes of it, through three years.
    @Test func `every zone of the host tells the same time as the system`() throws {
        for name in TimeZone.knownTimeZoneIdentifiers where Self.zone(name) != nil {
            let answer = Self.read("freezes: [{name: x, days: [mon], zone: \(name)}]")
            let rules = try #require(try answer.get().services.first?.service.path.last?.policy.freezes.first?.zone, "\(name)")
            let system = try #require(TimeZone(identifier: name))
            for day in stride(from: 20_000, to: 21_200, by: 13) {
                let date = Date(timeIntervalSince1970: Double(day) * 86_400)
                let moment = Timestamp(millisecondsSinceEpoch: Int64(day) * 86_400_000)
                #expect(rules.offset(at: moment) == system.secondsFromGMT(for: date), "\(name) on day \(day)")
            }
        }
    }

    @Test func `bytes that are no time zone are refused and never trap`() throws {
        let whole = try #require(Self.zone("Europe/Berlin"))
        for count in stride(from: 0, to: whole.count, by: 7) {
            var bytes = Array(whole.prefix(count))
            _ = Settings.read(yaml: Self.oneFreeze, file: "f.yaml", architecture: "amd64", zones: { _ in bytes })
            bytes = whole
            bytes[count] ^= 0xFF
            _ = Settings.read(yaml: Self.oneFreeze, file: "f.yaml", architecture: "amd64", zones: { _ in bytes })
        }
    }

    private static let oneFreeze = """
        version: 1
        freezes: [{name: x, days: [mon], zone: Europe/Berlin}]
        services: {shop: {registry: {layout: r}, repository: shop, environments: [{name: prod, target: {stage: s}}]}}

        """

    static let mistakes: [(String, String)] = [
        ("evidence: {from: [prod]}", "prod does not come before this environment; write one or more of staging, testing"),
        ("evidence: {from: []}", "from is empty; name an environment, or leave from out for the one before"),
        ("evidence: {need: some}", "need is \"some\"; write one of all, one-of"),
        ("evidence: {sources: []}", "sources is empty; write one or more of baton, ci, attestation"),
        ("approvals: {role: admin}", "approvals has no count; add count: 1"),
        ("approvals: {count: 0}", "count is \"0\"; write a whole number from 1 to 10"),
        ("approvals: {count: 1, role: ci}", "ci decides nothing; write operator, approver or admin"),
        ("freezes: [{days: [mon]}]", "freeze has no name; add name: end of the year"),
        (
            "freezes: [{name: x}]",
            "the freeze would never end, or had always been; write from and until, or days, dates or hours that come again"
        ),
        (
            "freezes: [{name: x, from: 2026-12-20, until: 2026-12-21 10:00}]",
            "from is \"2026-12-20\"; write a day and a time, such as 2026-12-20 18:00"
        ),
        (
            "freezes: [{name: x, from: 2026-02-29 10:00, until: 2026-12-21 10:00}]",
            "from is \"2026-02-29 10:00\"; write a day and a time, such as 2026-12-20 18:00"
        ),
        (
            "freezes: [{name: x, from: 2026-12-20 10:00, until: 2026-12-20 10:00}]", "until comes before from; write a later time"
        ),
        (
            "freezes: [{name: x, days: [monday]}]",
            "days holds \"monday\"; write mon, tue, wed, thu, fri, sat, sun, or a span such as mon-fri"
        ),
        (
            "freezes: [{name: x, dates: [02-30]}]",
            "dates holds \"02-30\"; write days of the year such as 12-24, or a span: 12-20/01-02"
        ),
        (
            "freezes: [{name: x, hours: 8-18}]",
            "hours is \"8-18\"; write hours such as 18:00-08:00; for whole days leave hours out"
        ),
        (
            "freezes: [{name: x, days: [mon], zone: Mars/Olympus}]",
            "there is no time zone \"Mars/Olympus\" on this machine; write an IANA name such as Europe/Berlin, or install the package tzdata"
        ),
        (
            "freezes: [{name: x, days: [mon], zone: ../../etc/passwd}]",
            "there is no time zone \"../../etc/passwd\" on this machine; write an IANA name such as Europe/Berlin, or install the package tzdata"
        ),
    ]

    @Test(arguments: mistakes) func `each mistake is told with its line and what would be right`(
        yaml: String, words: String
    ) throws {
        guard case .failure(let found) = Self.read(yaml) else {
            Issue.record("\(yaml) was read")
            return
        }
        #expect(found.list.map { "\($0.wrong); \($0.right)" } == [words])
        #expect(found.list.allSatisfy { $0.line == 12 })
    }

    @Test func `roles differ by environment, and gateways are named`() throws {
        let settings = try Self.read(
            "soak: 1m",
            top: "roles: {alice: operator, bob: {everywhere: viewer, testing: operator, prod: approver}}\ngateways: [ops]"
        ).get()
        #expect(settings.roles.grants["alice"] == Grant(.operator))
        #expect(
            settings.roles.grants["bob"]
                == Grant(.viewer, environments: [.literal("testing"): .operator, .literal("prod"): .approver]))
        #expect(settings.roles.gateways == ["ops"])
    }

    private static let sockets: [(String, SocketSettings?, String?)] = [
        ("{path: ./door/agent.sock}", SocketSettings(path: "./door/agent.sock"), nil),
        ("{path: /run/b/a.sock, group: baton}", SocketSettings(path: "/run/b/a.sock", group: "baton"), nil),
        ("{group: baton}", nil, "path"),
        ("{path: /run/b/a.sock, group: two words}", nil, "group is not a name"),
    ]

    @Test(arguments: sockets)
    func `a socket for others has a path, and a group if they are to connect`(
        _ text: String, _ socket: SocketSettings?, _ wrong: String?
    ) {
        switch Self.read("soak: 1m", top: "socket: \(text)") {
        case .success(let settings): #expect(settings.socket == socket && wrong == nil)
        case .failure(let mistakes): #expect(mistakes.description.contains(wrong ?? "nothing"), "\(mistakes)")
        }
    }
}
