extension Sample {
    /// The sample as it counts where the agent itself was late while it was taken: a latency that is over its limit by no more
    /// than that says nothing of the slot.
    /// - Parameters:
    ///   - late: by how much tasks of the agent ran too late meanwhile, at worst.
    ///   - limit: the latency that the check allows; `nil` for any.
    package func counting(late: Milliseconds, limit: Milliseconds?) -> Sample {
        guard let limit, latency > limit, latency <= limit + late, case .status = answer else { return self }
        return Sample(
            at: at, hit: hit, identities: identities,
            answer: .none("answered after \(latency), limit \(limit), but the agent itself was late by \(late)"),
            latency: latency,
            evidence: evidence)
    }
}
