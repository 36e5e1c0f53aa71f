extension Planning {
    /// Whether the promotion that the asker waited behind left the environment as it said that it would.
    ///
    /// Somebody who queues a release has seen what runs and said: after that. Where that was undone, or something else happened
    /// since, nobody has agreed to anything.
    var inTurn: Condition? {
        guard let asker = snapshot.asker.flatMap({ snapshot.projection.promotion($0) }), let number = asker.behind else {
            return nil
        }
        guard let earlier = snapshot.projection.promotion(number) else {
            return turn(.unmet(changed("promotion \(number), which it waited behind, is no longer known")))
        }
        guard let outcome = earlier.state.outcome else { return nil }
        guard let legacy = earlier.legacy(of: outcome) else {
            return turn(.unmet(changed("promotion \(number), which it waited behind, ended: \(SafeText(outcome.words))")))
        }
        guard live?.release.digest == legacy.serving?.digest else {
            let serving = live.map { $0.release.digest.short() } ?? "nothing"
            return turn(.unmet(changed("\(serving) serves in \(environment.name), which is not what promotion \(number) left")))
        }
        return turn(.met("promotion \(number) ended: \(SafeText(outcome.words))"))
    }

    private func turn(_ state: Condition.State) -> Condition { Condition("turn", state) }

    private func changed(_ reason: SafeText) -> Objection {
        Objection(.changed, reason, remedy: "look at the environment, and promote it again")
    }
}

/// What a promotion leaves behind that others may build on.
private struct Legacy {
    /// Nil where nothing serves.
    let serving: Release?
}

extension Promotion {
    /// What is to be expected after an end; nil after one that undid what users had already been given.
    fileprivate func legacy(of outcome: Outcome) -> Legacy? {
        switch outcome {
        case .succeeded: Legacy(serving: plan.release)
        case .rolledBack where plan.kind == .rollback: Legacy(serving: plan.release)
        case .rolledBack, .rolledBackUnverified: nil
        case .failed, .cancelled, .expired, .rejected, .superseded: isCommitted ? nil : Legacy(serving: plan.live?.release)
        }
    }
}
