internal import PromotionCore

/// Reads one check of an environment.
enum CheckReading {
    /// The key that says what a check measures: exactly one of them stands in a check.
    private enum KindKey: String, CaseIterable {
        case http, smoke, tcp, container, signal
    }

    private static let kinds = KindKey.allCases.map(\.rawValue)
    private static let ofHTTP = ["status", "within", "body-contains"]
    private static let ofAll = [
        "gates", "every", "count", "delay", "timeout", "failures", "inconclusive", "errors", "observe-only",
        "successes", "on-no-data",
    ]

    static func check(
        _ field: Field, _ strategy: Strategy, _ names: inout [CheckName: Position]
    ) -> CheckSpecification? {
        guard let section = Section(field, title: "check", keys: ["name"] + kinds + ofHTTP + SignalReading.keys + ofAll) else {
            return nil
        }
        let name = Self.name(section, &names)
        let timeout = section.optional("timeout")?.duration(in: Milliseconds(10)...(.minutes(10))) ?? .seconds(5)
        let kind = Self.kind(section, strategy, timeout)
        let gates = Self.gates(section, strategy, kind)
        let interval = section.optional("every")?.duration(in: Milliseconds(100)...(.minutes(60))) ?? .seconds(1)
        let count = section.optional("count")?.number(in: 1...1_000) ?? 5
        let delay = section.optional("delay")?.duration(in: .zero...(.minutes(60))) ?? .zero
        let failures = section.optional("failures")?.number(in: 0...999) ?? 0
        if failures >= count {
            section.optional("failures")?.refuse(
                "failures lets every one of \(String(count)) measurements fail", "write a number below count")
        }
        let inconclusive = section.optional("inconclusive")?.number(in: 0...999) ?? 0
        let errors = section.optional("errors")?.number(in: 0...999) ?? 4
        let observes = section.optional("observe-only")?.flag() ?? false
        let successes = section.optional("successes")?.number(in: 0...1_000) ?? 0
        if successes > count {
            section.optional("successes")?.refuse(
                "successes in a row are more than the \(String(count)) measurements", "write a number up to count")
        }
        let onNoData = section.optional("on-no-data")?.word(CheckSpecification.OnNoData.self) ?? .inconclusive
        let samples = section.optional("samples")?.number(in: 1...1_000_000) ?? 1
        guard let name, let kind, let gates else { return nil }
        return CheckSpecification(
            name: name, kind: kind, gates: gates, interval: interval, count: count, initialDelay: delay, timeout: timeout,
            failureLimit: failures, inconclusiveLimit: inconclusive, consecutiveErrorLimit: errors, observeOnly: observes,
            consecutiveSuccesses: successes, onNoData: onNoData, minimumSamples: samples)
    }

    private static func name(_ section: Section, _ names: inout [CheckName: Position]) -> CheckName? {
        guard let field = section.required("name", "name: health"), let name = field.name(CheckName.self) else { return nil }
        guard name != CheckSpecification.runningDigest.name else {
            field.refuse("\(name) is the check that every gate holds by itself", "choose another name")
            return nil
        }
        if let first = names[name] {
            field.refuse(
                "the check \"\(name)\" is there twice", "choose another name; the first is in line \(String(first.line))")
            return nil
        }
        names[name] = field.position
        return name
    }

    private static func kind(
        _ section: Section, _ strategy: Strategy, _ timeout: Milliseconds
    ) -> CheckSpecification.Kind? {
        let present = KindKey.allCases.filter { section.optional($0.rawValue) != nil }
        guard present.count == 1, let kind = present.first else {
            let named = present.map(\.rawValue).joined(separator: " and ")
            let wrong: SafeText = present.isEmpty ? "the check measures nothing" : "the check measures \(named)"
            section.findings.add(section.position, wrong, "write exactly one of \(kinds.joined(separator: ", "))")
            return nil
        }
        if kind != .http {
            for key in ofHTTP {
                guard let field = section.optional(key) else { continue }
                section.findings.add(field.keyPosition, "\(key) belongs to a check by http", "leave it out")
            }
        }
        if kind != .signal {
            for key in SignalReading.keys {
                guard let field = section.optional(key) else { continue }
                section.findings.add(field.keyPosition, "\(key) belongs to a check of a signal", "leave it out")
            }
        }
        switch kind {
        case .signal: return SignalReading.kind(section, strategy)
        case .container: return yes(section, "container", .container)
        case .http: return http(section, timeout)
        case .smoke: return smoke(section)
        case .tcp: return yes(section, "tcp", .tcp)
        }
    }

    private static func http(_ section: Section, _ timeout: Milliseconds) -> CheckSpecification.Kind? {
        let status = section.optional("status")?.number(in: 100...599) ?? 200
        let within = section.optional("within")
        let latency = within?.duration(in: Milliseconds(1)...(.minutes(10)))
        if let within, let latency, latency > timeout {
            within.refuse(
                "within \(latency.written) is longer than the timeout of \(timeout.written)",
                "raise timeout, or write a shorter time")
        }
        let body = section.optional("body-contains")?.text(limit: 1_024)
        guard let field = section.optional("http"), let path = field.text(limit: 2_048) else { return nil }
        guard path.hasPrefix("/"), path.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            field.refuse("http is \"\(SafeText(path, limit: 60))\"", "write the path that is asked for, beginning with \"/\"")
            return nil
        }
        return .http(path: path, status: status, maximumLatency: latency, bodyContains: body)
    }

    private static func smoke(_ section: Section) -> CheckSpecification.Kind? {
        guard let field = section.optional("smoke"), let items = field.items(limit: 64, "words") else { return nil }
        let command = items.compactMap { $0.text() }
        guard !items.isEmpty else {
            field.refuse("smoke is empty", "write the command and its words, such as [./smoke.sh, --quick]")
            return nil
        }
        return command.count == items.count ? .smoke(command: command) : nil
    }

    /// A kind that needs nothing said but that it is wanted.
    private static func yes(
        _ section: Section, _ key: String, _ kind: CheckSpecification.Kind
    ) -> CheckSpecification.Kind? {
        guard let field = section.optional(key), let flag = field.flag() else { return nil }
        if flag { return kind }
        field.refuse("\(key) is false", "write \(key): true, or leave the check out")
        return nil
    }

    private static func gates(_ section: Section, _ strategy: Strategy, _ kind: CheckSpecification.Kind?) -> Set<Gate>? {
        let isSignal = if case .signal? = kind { true } else { false }
        guard let field = section.optional("gates") else { return isSignal ? [.live] : [.idle, .live] }
        guard let items = field.items(limit: 2, "gates") else { return nil }
        let words = items.compactMap { $0.word(ConfiguredGate.self) }
        guard words.count == items.count else { return nil }
        let gates = Set(words.map(\.gate))
        if gates.isEmpty {
            field.refuse("gates is empty", "write one or both of \(Field.list(ConfiguredGate.self))")
            return nil
        }
        if isSignal, gates.contains(.idle) {
            field.refuse("a signal is measured where there is traffic, and the idle slot has none", "write gates: [live]")
            return nil
        }
        if strategy == .replace, gates == [.idle] {
            field.refuse("the check is never measured: strategy replace has no idle slot", "add live, or leave gates out")
            return nil
        }
        return gates
    }

    /// The gates that a check is assigned to; the others follow from them.
    private enum ConfiguredGate: String, CaseIterable {
        case idle, live

        var gate: Gate { self == .idle ? .idle : .live }
    }
}
