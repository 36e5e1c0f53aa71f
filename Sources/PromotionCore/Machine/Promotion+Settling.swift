extension Promotion {
    /// When traffic moved last, as the states passed tell; `nil` if it did not.
    package var movedAt: Timestamp? {
        zip(passage, passage.dropFirst()).reversed().first { before, after in
            switch (before.state, after.state) {
            case (.switching, .verifyingLive), (.indeterminate, .verifyingLive), (.rollingBack, .verifyingRollback): true
            default: false
            }
        }?.1.at
    }

    /// The switch that the measurements of a gate come after; `nil` if the gate is one before traffic has moved.
    package func settling(in gate: Gate) -> Settling? {
        let before: Release?
        switch gate {
        case .live, .bake, .closing: before = plan.live?.release
        case .rollback: before = plan.rejected
        case .baseline, .idle, .ready, .step: before = nil
        }
        guard let before, let subject = subject(of: gate), let movedAt, let settle = plan.timing.settle,
            !before.digests.isSameImage(as: subject.release.digests)
        else { return nil }
        return Settling(before: before.digests, until: movedAt + settle)
    }
}
