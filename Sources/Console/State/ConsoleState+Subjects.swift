package import PromotionCore

/// What the screen is about.
extension ConsoleState {
    /// The view that everything begins with.
    var rootView: View {
        if let board, board.services.count == 1, let only = board.services.first { return .service(only.name) }
        return .fleet
    }

    /// The service in the title; in the fleet that of the row under the cursor.
    package var currentService: ServiceName? {
        for view in views.reversed() {
            if view == .plan, let plan { return plan.request.place.service }
            if let service = view.service { return service }
            if view == .fleet, case .service(let name)? = selectedRow(in: .fleet) { return name }
            if view == .approvals, let promotion = selectedApproval { return promotion.plan.place.service }
        }
        return nil
    }

    /// The promotion on screen.
    var livePromotion: Promotion? {
        guard case .live(let service, let number) = view else { return nil }
        return promotion(number, of: service)
    }

    func promotion(_ number: PromotionNumber?, of service: ServiceName) -> Promotion? {
        let ledger = shown?.projection.services[service]
        guard let number else { return ledger?.promotions.last { !$0.hasEnded } ?? ledger?.promotions.last }
        return ledger?.promotion(number)
    }

    var newestPromotion: Promotion? { currentService.flatMap { promotion(nil, of: $0) } }

    /// The rows of a list; empty for texts.
    func rows(of view: View) -> [RowID] {
        guard let board = shown else { return [] }
        switch view {
        case .fleet: return fleet.matching.map { .service($0) }
        case .service(let name):
            guard let service = board.service(name) else { return [] }
            return service.path.flatMap { environment in
                environment.slots.map { .slot(Place(name, environment.name), $0) }
            }
        case .candidates(let name): return choices(of: name).map { .choice($0.release.digest, $0.to) }
        case .history(let name): return historyLines(of: name).map { .entry($0.sequence) }
        case .approvals: return waitingApprovals.map { .promotion($0.number) }
        case .retention(let name): return retentionRows(of: name).map { .digest($0.digest) }
        case .plan, .live, .release, .why, .help: return []
        }
    }

    package var selectedRow: RowID? { selectedRow(in: view) }

    func selectedRow(in view: View) -> RowID? {
        let cursor = cursors[view] ?? Cursor()
        if view == .fleet {
            // A thousand names need no list of rows to find one.
            if case .service(let name)? = cursor.row, fleet.index[name] != nil, fleet.matching.contains(name) {
                return cursor.row
            }
            return fleet.matching.isEmpty ? nil : .service(fleet.matching[min(cursor.index, fleet.matching.count - 1)])
        }
        let rows = rows(of: view)
        if let row = cursor.row, rows.contains(row) { return row }
        return rows.isEmpty ? nil : rows[min(max(0, cursor.index), rows.count - 1)]
    }

    /// Newest first, filtered.
    func historyLines(of name: ServiceName) -> [HistoryLine] {
        let lines = (shown?.projection.services[name]?.history ?? []).reversed()
        guard !filter.isEmpty else { return Array(lines) }
        let wanted = filter.lowercased()
        return lines.filter { line in
            "\(line.who) \(line.what) \(line.environment?.text ?? "") \(line.tag?.text ?? "") \(line.digest?.hex ?? "") \(line.result)"
                .lowercased().contains(wanted)
        }
    }

    /// What can be promoted from, and into, the first environment of a path: what serves there first, then the candidates.
    func choices(of name: ServiceName) -> [Choice] {
        guard let board = shown, let service = board.service(name), let first = service.path.first else { return [] }
        let serving = board.projection.services[name]?.environments[first.name]?.serving?.release
        let onward = service.downstream(of: first.name).flatMap { next in
            serving.map { Choice(release: $0, from: first.name, to: next.name) }
        }
        let candidates = (board.candidates[name] ?? []).prefix(Self.choiceLimit).map {
            Choice(release: $0, from: nil, to: first.name)
        }
        let wanted = filter.lowercased()
        return ([onward].compactMap(\.self) + candidates).filter { step in
            wanted.isEmpty || (step.release.tag?.text ?? "").contains(wanted) || step.release.digest.hex.contains(wanted)
        }
    }

    static let choiceLimit = 200

    /// The release that the row under the cursor, or the view, is about.
    var selectedRelease: Release? {
        guard let board = shown else { return nil }
        switch view {
        case .plan: return plan?.release
        case .live: return livePromotion?.plan.release
        case .approvals: return selectedApproval?.plan.release
        case .release(let name, let digest): return board.release(digest, of: name)
        default: break
        }
        switch selectedRow {
        case .slot(let place, let slot)?:
            return board.projection.services[place.service]?.environments[place.environment]?.slots[slot]?.release
        case .choice(let digest, _)?: return currentService.flatMap { board.release(digest, of: $0) }
        case .service(let name)?:
            guard let last = board.service(name)?.path.last else { return nil }
            return board.projection.services[name]?.environments[last.name]?.serving?.release
        case .entry?: return currentService.flatMap { name in selectedEntry?.digest.flatMap { board.release($0, of: name) } }
        case .digest(let digest)?: return currentService.flatMap { board.release(digest, of: $0) }
        case .promotion?, nil: return nil
        }
    }

    var selectedEntry: HistoryLine? {
        guard case .history(let name) = view, case .entry(let sequence)? = selectedRow else { return nil }
        return shown?.projection.services[name]?.history.last { $0.sequence == sequence }
    }

    package var selectedDigest: Digest? {
        if let entry = selectedEntry { return entry.digest }
        if case .release(_, let digest) = view { return digest }
        if case .retention = view, case .digest(let digest)? = selectedRow { return digest }
        return selectedRelease?.digest
    }

    var selectedPromotion: PromotionNumber? {
        guard let number = selectedEntry?.promotion, shown?.projection.promotion(number) != nil else { return nil }
        return number
    }

    /// Where the release on screen would go next.
    var nextPlaceOfRelease: Place? {
        guard case .release(let name, let digest) = view, let board, let service = board.service(name) else { return nil }
        let ledger = board.projection.services[name]
        let furthest = service.path.lastIndex {
            ledger?.environments[$0.name]?.serving?.release.digests.contains(digest) ?? false
        }
        let next = furthest.map { $0 + 1 } ?? 0
        return next < service.path.count ? Place(name, service.path[next].name) : nil
    }
}

extension Board {
    /// A release that this board knows by its digest.
    func release(_ digest: Digest, of name: ServiceName) -> Release? {
        let ledger = projection.services[name]
        for environment in (ledger?.environments ?? [:]).values {
            if let found = environment.slots.values.first(where: { $0.release.digest == digest }) { return found.release }
            if let found = environment.succeeded.first(where: { $0.digest == digest }) { return found }
        }
        if let found = candidates[name]?.first(where: { $0.digest == digest }) { return found }
        return ledger?.promotions.lazy.map(\.plan.release).first { $0.digest == digest }
    }
}

/// One promotion that the list of candidates offers.
struct Choice: Hashable {
    let release: Release
    /// Nil for a candidate straight from the registry.
    let from: EnvironmentName?
    let to: EnvironmentName
}
