internal import PromotionCore

/// Reads one environment of a service's path.
enum EnvironmentReading {
    /// Where on the path an environment stands.
    struct Rank {
        let isFirst: Bool
        let isLast: Bool
    }

    /// Most checks of one environment.
    static let checkLimit = 50

    private static let keys =
        [
            "name", "target", "strategy", "slots", "platform", "secrets", "bake", "settle", "reverify", "deadlines", "checks",
            "steps",
            "guarded",
        ]
        + HomeReading.keys + PolicyReading.keys + ImageReading.keys

    static func environment(
        _ field: Field, _ rank: Rank, _ host: Host, _ ring: KeyRing, _ tags: inout PointerTags, _ own: HomeReading.Own?
    ) -> ServiceReading.ReadEnvironment? {
        guard let section = Section(field, title: "environment", keys: keys) else { return nil }
        let nameField = section.required("name", "name: testing")
        let name = nameField?.name(EnvironmentName.self)
        let earlier = tags.environments
        let strategy = Self.strategy(section, rank)
        let slots = strategy.flatMap { Self.slots(section, $0) }
        if let name, let nameField { tags.take(name, slots: slots ?? [], at: nameField.position, section.findings) }
        let target = section.required("target", "target: {stage: ./stage}").flatMap { Self.target($0) }
        let platform = Self.platform(section, host.architecture)
        let policy = PolicyReading.policy(section, rank, host, earlier: earlier)
        let timing = DeadlineReading.timing(section)
        let verification = section.optional("reverify")?.duration(in: .minutes(1)...(.days(30)))
        let checks = Self.checks(section, strategy ?? .blueGreen)
        let image = ImageReading.rules(section, rank, ring)
        let mount = section.optional("secrets").map { $0.word(VaultMount.self) } ?? name.flatMap { VaultMount(of: $0) }
        let steps = CanaryReading.steps(section, strategy ?? .blueGreen)
        let mayStep = CanaryReading.mayStep(section, strategy ?? .blueGreen, policy, checks ?? [])
        let home = HomeReading.home(section, own)
        guard let name, let strategy, let slots, let target, let platform, let checks, let steps, mayStep, let home
        else { return nil }
        let environment = Environment(
            name: name, strategy: strategy, slots: slots, platform: platform, policy: policy, checks: checks, timing: timing,
            steps: steps, image: image, home: home.home, guarded: guarded(section, rank))
        return ServiceReading.ReadEnvironment(
            environment: environment, target: target, mount: mount, verification: verification, registry: home.registry)
    }

    /// `nil` unless it is guarded by its own word: what is not written, and what is written as it is anyway, changes no plan.
    private static func guarded(_ section: Section, _ rank: Rank) -> Bool? {
        guard let field = section.optional("guarded"), let isGuarded = field.flag() else { return nil }
        if rank.isLast, !isGuarded {
            field.refuse("the last environment is always guarded", "leave guarded out")
        }
        return isGuarded && !rank.isLast ? true : nil
    }

    private static func strategy(_ section: Section, _ rank: Rank) -> Strategy? {
        guard let field = section.optional("strategy") else { return rank.isLast ? .blueGreen : .replace }
        return field.word(Strategy.self)
    }

    private static func slots(_ section: Section, _ strategy: Strategy) -> [SlotName]? {
        guard let field = section.optional("slots") else {
            return strategy == .replace ? [.only] : [.literal("blue"), .literal("green")]
        }
        guard strategy.hasIdleSlot else {
            section.findings.add(field.keyPosition, "strategy replace has one slot without a name", "leave slots out")
            return nil
        }
        guard let items = field.items(limit: 2, "slots") else { return nil }
        let names = items.compactMap { $0.name(SlotName.self) }
        guard names.count == items.count else { return nil }
        guard Set(names).count == 2 else {
            field.refuse("strategy \(strategy.rawValue) needs two different slots", "write slots: [blue, green]")
            return nil
        }
        return names
    }

    private static func target(_ field: Field) -> TargetSettings? {
        guard let section = Section(field, title: "target", keys: ["stage"]) else { return nil }
        return section.required("stage", "stage: with the directory of the embedded stage").flatMap { $0.path() }
            .map { .stage(directory: $0) }
    }

    private static func platform(_ section: Section, _ architecture: String) -> Platform? {
        guard let field = section.optional("platform") else {
            return Platform(system: "linux", architecture: SafeText(architecture, limit: 20))
        }
        guard let text = field.text() else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let ociNames = ["x86_64": "amd64", "aarch64": "arm64"]
        if parts.count == 2, parts[0] == "linux", let name = ociNames[String(parts[1])] {
            field.refuse("platform is \"\(SafeText(text, limit: 60))\"", "registries say linux/\(name)")
            return nil
        }
        let isWord = parts.last?.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard parts.count == 2, parts[0] == "linux", !parts[1].isEmpty, parts[1].count <= 20, isWord == true else {
            field.refuse("platform is \"\(SafeText(text, limit: 60))\"", "write linux/amd64 or linux/arm64")
            return nil
        }
        return Platform(system: "linux", architecture: SafeText(parts[1]))
    }

    private static func checks(_ section: Section, _ strategy: Strategy) -> [CheckSpecification]? {
        guard let field = section.optional("checks") else { return [] }
        guard let items = field.items(limit: checkLimit, "checks") else { return nil }
        var names: [CheckName: Position] = [CheckSpecification.runningDigest.name: .start]
        let checks = items.map { CheckReading.check($0, strategy, &names) }
        let whole = checks.compactMap(\.self)
        return whole.count == checks.count ? whole : nil
    }
}

extension Milliseconds {
    static func days(_ count: Int64) -> Milliseconds { Milliseconds(count * 86_400_000) }
}

/// Reads how long each part of a promotion may take.
enum DeadlineReading {
    private static let keys = [
        "queue", "prepare", "copy", "deploy", "verify", "ready", "switch", "inconclusive", "rollback", "blocked", "paused",
        "retry",
    ]

    static func timing(_ section: Section) -> Timing {
        let standard = Timing()
        let bake = section.optional("bake")?.duration(in: .zero...(.days(7))) ?? standard.bake
        let settle = section.optional("settle")?.duration(in: .zero...(.minutes(10))) ?? Timing.standardSettle
        let deadlines = section.optional("deadlines").flatMap { Section($0, title: "deadlines", keys: keys) }
        func read(_ key: String, _ standard: Milliseconds) -> Milliseconds {
            deadlines?.optional(key)?.duration(in: .seconds(1)...(.days(7))) ?? standard
        }
        return Timing(
            blocked: read("blocked", standard.blocked), queue: read("queue", standard.queue),
            prepare: read("prepare", standard.prepare), copy: read("copy", standard.copy),
            deploy: read("deploy", standard.deploy), verify: read("verify", standard.verify),
            ready: read("ready", standard.ready), switching: read("switch", standard.switching), bake: bake,
            inconclusive: read("inconclusive", standard.inconclusive), rollback: read("rollback", standard.rollback),
            paused: read("paused", standard.paused),
            retry: deadlines?.optional("retry")?.duration(in: .zero...(.days(7))) ?? standard.retry, settle: settle)
    }
}
