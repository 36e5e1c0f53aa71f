internal import PromotionCore

/// The sheet of `R`, and what undoes a rollback.
extension ConsoleState {
    /// The environment that the screen is about: that of the promotion or the row on it; `nil` if there is none.
    var placeOnScreen: Place? {
        let shown = views.last { if case .help = $0 { false } else { true } }
        return shown.flatMap(place)
    }

    private func place(of view: View) -> Place? {
        switch view {
        case .plan, .why(.plan): plan?.request.place
        case .live(let service, let number): promotion(number, of: service)?.plan.place
        case .approvals: selectedApproval?.plan.place
        case .why(.row(let place, _)): place
        case .why(.promotion(let number)): shown?.projection.promotion(number)?.plan.place
        case .why(.refusal): refusedAt
        case .fleet, .service, .candidates, .history: place(ofRow: selectedRow(in: view), in: view)
        case .release, .retention, .why, .help: nil
        }
    }

    private func place(ofRow row: RowID?, in view: View) -> Place? {
        switch (row, view) {
        case (.slot(let place, _)?, _): place
        case (.service(let name)?, _): shown?.service(name).flatMap { shown?.rollbackPlace(of: $0) }
        case (.choice(_, let environment)?, .candidates(let name)): Place(name, environment)
        case (.entry(let sequence)?, .history(let name)):
            shown?.projection.services[name]?.history.last { $0.sequence == sequence }?.environment.map { Place(name, $0) }
        default: nil
        }
    }

    /// Opens the sheet of what the screen is about; it is about now, also over a frozen screen.
    mutating func openRollback() {
        if let place = placeOnScreen { return openRollback(of: place) }
        guard let service = currentService.flatMap({ board?.service($0) }) else { return }
        open(Sheet(.rollback(RollbackSheet(of: service, offer: nil)), at: now))
    }

    /// Opens the sheet of an environment with what is offered first.
    mutating func openRollback(of place: Place) {
        guard let board, let service = board.service(place.service) else { return }
        open(Sheet(.rollback(RollbackSheet(of: service, offer: board.rollbackOffers(of: place).first)), at: now))
    }

    /// Shows another offer in the open sheet; nobody has read it yet, so that keys are too quick once more.
    private mutating func choose(_ offer: RollbackOffer?, in shown: RollbackSheet) {
        guard let offer, sheet?.phase == .open, sheet?.changed == nil else { return }
        var next = shown
        next.offer = offer
        sheet?.kind = .rollback(next)
        guard next != shown else { return }
        sheet?.deafen(at: now)
        effects.append(.deaf(Sheet.deafness))
    }

    /// A digit: the environment of this number on the path.
    mutating func chooseEnvironment(_ key: Key) {
        guard case .rollback(let shown)? = sheet?.kind, case .character(let digit) = key,
            let number = digit.wholeNumberValue
        else { return }
        guard shown.places.indices.contains(number - 1) else {
            return say("\(shown.service) has \(shown.places.count) environments", .warning)
        }
        choose(board?.rollbackOffers(of: shown.places[number - 1]).first, in: shown)
    }

    /// `Tab`: the next offer of the environment, then the first of the next environment.
    mutating func chooseNextOffer() {
        guard case .rollback(let shown)? = sheet?.kind, let board, let first = shown.places.first else { return }
        guard let current = shown.offer else { return choose(board.rollbackOffers(of: first).first, in: shown) }
        let offers = board.rollbackOffers(of: current.place)
        let position = offers.firstIndex { $0.effect == current.effect } ?? offers.count - 1
        if position + 1 < offers.count { return choose(offers[position + 1], in: shown) }
        let at = shown.places.firstIndex(of: current.place) ?? 0
        choose(board.rollbackOffers(of: shown.places[(at + 1) % shown.places.count]).first, in: shown)
    }

    mutating func writeReason() {
        guard case .rollback(var shown)? = sheet?.kind, sheet?.phase == .open, sheet?.changed == nil else { return }
        shown.isWriting = true
        sheet?.kind = .rollback(shown)
    }

    /// Typing the reason of a rollback.
    /// - Returns: whether the key was one for the field.
    mutating func typeReason(_ key: Key) -> Bool {
        guard case .rollback(var shown)? = sheet?.kind, shown.isWriting else { return false }
        switch key {
        case .character(let character) where character.columns != nil:
            if shown.reason.count < Reason.most { shown.reason.append(character) }
        case .backspace: _ = shown.reason.popLast()
        case .enter, .escape, .tab: shown.isWriting = false
        default: return key != .control("c")
        }
        sheet?.kind = .rollback(shown)
        return true
    }

    /// `y` and `n`: the offer on the sheet goes out as it was frozen, nothing else.
    mutating func fire(_ shown: RollbackSheet, vetoes: Bool) {
        guard let offer = shown.offer, let order = RollbackOrder(offer, vetoes: vetoes, reason: shown.words) else { return }
        sheet?.phase = .sent
        self.order(.rollBack(order), for: .rollBack(offer.place))
    }

    /// Why an offer on a sheet is no longer what would be offered; `nil` while it is.
    func change(of shown: RollbackSheet) -> SafeText? {
        guard let offer = shown.offer, let board else { return nil }
        let now = offer.effect.map { board.rollbackOffer($0, at: offer.place) } ?? board.rollbackOffers(of: offer.place).first
        return now?.hash == offer.hash ? nil : "what a rollback would do is no longer what this sheet says"
    }

    // MARK: Undoing one

    /// The rollback that `u` would undo: the one on screen, or the newest of the row's environment.
    var undoTarget: UndoTarget? {
        guard let board else { return nil }
        if case .live = view {
            guard let number = livePromotion?.number, let (place, found) = board.manualRollback(number) else { return nil }
            return UndoTarget(place: place, rollback: found)
        }
        guard let place = placeOnScreen,
            let found = board.projection.services[place.service]?.environments[place.environment]?.manualRollback
        else { return nil }
        return UndoTarget(place: place, rollback: found)
    }

    mutating func openUndo() {
        frozen = nil
        guard let target = undoTarget else { return }
        open(Sheet(.undo(target), at: now))
    }

    /// Why a rollback cannot be undone from here, as far as person and time go; `nil` if it can.
    func undoObjection(_ target: UndoTarget) -> SafeText? {
        guard let account = welcome?.account else { return "the agent has not said who you are" }
        return target.rollback.objection(toUndoBy: account, at: now).map { "\($0.reason); \($0.remedy)" }
    }
}
