internal import PromotionCore

/// Reads the steps of a canary, and refuses one that nothing would stop.
enum CanaryReading {
    /// Most steps of one canary.
    private static let stepLimit = 20

    /// The steps of an environment; nil where there is a mistake in them.
    static func steps(_ section: Section, _ strategy: Strategy) -> [CanaryStep]? {
        guard let field = section.optional("steps") else {
            guard strategy == .canary else { return [] }
            section.findings.add(
                section.position, "a canary without steps moves all traffic at once",
                "write steps, such as [{weight: 5, analysis: 2m}, {weight: 50, analysis: 5m}], or strategy: blue-green")
            return nil
        }
        guard strategy == .canary else {
            section.findings.add(
                field.keyPosition, "strategy \(strategy.rawValue) has no steps", "leave steps out, or write strategy: canary")
            return nil
        }
        guard let items = field.items(limit: stepLimit, "steps") else { return nil }
        guard !items.isEmpty else {
            field.refuse("steps is empty", "write at least one step, such as {weight: 10, analysis: 2m}")
            return nil
        }
        let steps = items.compactMap(step)
        guard steps.count == items.count else { return nil }
        for (index, pair) in zip(steps, steps.dropFirst()).enumerated() where pair.0.weight >= pair.1.weight {
            items[index + 1].refuse(
                "the step of \(String(pair.1.weight)) % does not follow one of \(String(pair.0.weight)) %",
                "each step takes more of the traffic than the one before")
            return nil
        }
        return steps
    }

    private static func step(_ field: Field) -> CanaryStep? {
        guard let section = Section(field, title: "step", keys: ["weight", "warm-up", "analysis", "samples"]) else { return nil }
        let weight = section.required("weight", "weight: 10")?.number(in: 1...99)
        let warmUp = section.optional("warm-up")?.duration(in: .zero...(.minutes(60))) ?? .zero
        let analysis = section.optional("analysis")?.duration(in: .seconds(1)...(.days(1))) ?? .minutes(2)
        let samples = section.optional("samples")?.number(in: 0...1_000_000) ?? 1
        return weight.map { CanaryStep(weight: $0, warmUp: warmUp, analysis: analysis, minimumSamples: samples) }
    }

    /// Traffic may move step by step only where something measures it, and moves it back without a person.
    static func mayStep(
        _ section: Section, _ strategy: Strategy, _ policy: EnvironmentPolicy, _ checks: [CheckSpecification]
    ) -> Bool {
        guard strategy == .canary else { return true }
        let position = section.optional("strategy")?.position ?? section.position
        var isRight = true
        if !checks.contains(where: { $0.signal != nil && !$0.observeOnly }) {
            section.findings.add(
                position, "canary is refused without a signal gate: nothing would measure the users that each step takes",
                "add a check with signal: error-rate or signal: latency-p99 that is not observe-only")
            isRight = false
        }
        if policy.onInconclusive != .rollBack {
            section.findings.add(
                position, "canary is refused without automatic rollback: traffic would stay split when nobody decides",
                "write on-inconclusive: roll-back")
            isRight = false
        }
        return isRight
    }
}
