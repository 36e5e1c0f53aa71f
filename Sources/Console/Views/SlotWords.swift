internal import PromotionCore

/// Glyph and words of one column of a row.
struct Words: Hashable {
    let mark: Mark?
    let text: String

    init(_ mark: Mark?, _ text: String) {
        self.mark = mark
        self.text = text
    }

    func text(_ glyphs: Glyphs) -> String { mark.map { "\($0.glyph(in: glyphs)) \(text)" } ?? text }
    var style: Style { mark?.style ?? .plain }
}

extension SlotObservation.Health {
    /// What a screen says; what is not known is never healthy.
    var words: Words {
        switch self {
        case .healthy: Words(.pass, word)
        case .unhealthy: Words(.fail, word)
        case .starting: Words(.active, word)
        case .empty: Words(.void, word)
        case .unknown: Words(.inconclusive, word)
        }
    }
}

/// A row of the board with what may be said about it now.
@dynamicMemberLookup
struct ShownRow: Hashable {
    let row: SlotRow
    let health: SlotObservation.Health
    let drift: [SlotRow.Drift]

    subscript<Value>(dynamicMember path: KeyPath<SlotRow, Value>) -> Value { row[keyPath: path] }
}

extension Board {
    /// The rows of a service as far as they were looked at since the last change: an older look proves neither health nor
    /// drift.
    func shownRows(of service: Service) -> [ShownRow] {
        let ledger = projection.services[service.name]
        return rows(of: service).map { row in
            let last = ledger?.promotions.last { $0.plan.place == row.place }
            let changed = [row.holding?.since, last?.enteredAt].compactMap(\.self).max()
            let isOld = row.observedAt.map { seen in changed.map { seen < $0 } ?? false } ?? true
            let isChanging = last.map { !$0.hasEnded } ?? false
            return ShownRow(
                row: row,
                health: isOld && row.observedAt != nil && row.holding.map { $0.since > (row.observedAt ?? $0.since) } ?? false
                    ? .unknown("not looked at since the change") : row.health,
                drift: isOld || isChanging ? [] : row.drift)
        }
    }

    /// The state column of a row: what matters most about it.
    func stateWords(of row: ShownRow, _ service: Service, at now: Timestamp) -> Words {
        let ledger = projection.services[service.name]
        if !row.drift.isEmpty { return Words(.alarm, "drift") }
        if let active = ledger?.active(in: row.place.environment), active.plan.slot == row.slot {
            return active.state == .rollbackFailed ? Words(.alarm, "rollback failed") : Words(.active, active.state.words)
        }
        if row.isOneOfSeveral { return trafficWords(of: row) }
        guard let holding = row.holding else {
            if case .unknown = row.seen { return Words(.inconclusive, "not seen") }
            return Words(.void, "nothing yet")
        }
        return soakWords(of: row, service, at: now) ?? evidenceWords(of: holding.release, in: row.place)
    }

    private func trafficWords(of row: ShownRow) -> Words {
        switch row.traffic {
        case .unknown: return Words(.inconclusive, "traffic unknown")
        case .known(100, _): return Words(.live, "LIVE 100 %")
        case .known(0, _): return idleWords(of: row)
        case .known(let weight, _): return Words(.active, "traffic \(weight) %")
        }
    }

    /// What may be said of a slot that takes no traffic: without a look it is neither idle nor empty.
    private func idleWords(of row: ShownRow) -> Words {
        guard case .known(let look, _) = row.seen else { return Words(.inconclusive, "not seen") }
        switch look.content {
        case .nothing: return row.holding == nil ? Words(.void, "empty") : Words(.idle, "idle")
        case .image(let digest) where row.holding == nil: return Words(.inconclusive, "runs \(digest.short())")
        case .unclear where row.holding == nil: return Words(.inconclusive, "runs something")
        case .unclear: return row.health.isUnknown ? Words(.inconclusive, "not seen") : Words(.idle, "idle")
        case .image: return row.health == .healthy ? Words(.idle, "idle, warm") : Words(.idle, "idle")
        }
    }

    /// How long it has served of what the next environment wants.
    private func soakWords(of row: ShownRow, _ service: Service, at now: Timestamp) -> Words? {
        guard let holding = row.holding, let next = service.downstream(of: row.place.environment), next.policy.soak > .zero,
            let environment = projection.services[service.name]?.environments[row.place.environment],
            let (_, since) = environment.serving(holding.release.digests)
        else { return nil }
        let soaked = max(0, (now - since).count)
        if soaked >= next.policy.soak.count { return Words(.pass, "soaked \(TimeText.length(next.policy.soak))") }
        guard next.policy.soak.count >= 60_000 else { return Words(.active, "soaking") }
        let wanted = next.policy.soak.count / 60_000
        return Words(.active, "soak \(min(wanted - 1, TimeText.minutes(since: since, at: now)))/\(wanted)m")
    }

    private func evidenceWords(of release: Release, in place: Place) -> Words {
        guard let newest = projection.services[place.service]?.evidence(for: release.digests, in: place.environment).last else {
            return Words(nil, "no evidence")
        }
        return Words(nil, "evidence \(newest.passed)/\(newest.total)")
    }

    /// Evidence of a release in an environment: `6 of 6`.
    func evidenceSummary(of release: Release?, in place: Place) -> String {
        guard let release else { return "-" }
        let found = projection.services[place.service]?.evidence(for: release.digests, in: place.environment).last
        return found.map { $0.summary.text } ?? "none"
    }
}
