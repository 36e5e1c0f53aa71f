internal import PromotionCore

/// What intents do.
extension ConsoleState {
    mutating func perform(_ intent: Intent) {
        switch intent {
        case .move(let motion): move(motion)
        case .open: openRow()
        case .back: back()
        case .leave: leave()
        case .quit: isFinished = true
        case .cancel: sayWhatKeepsRunning()
        case .repaint: effects.append(.repaint)
        case .nextPane: nextPane()
        case .show(let number): show(number)
        case .why: explain()
        case .help: if case .help = view { back() } else { open(.help(view.scope)) }
        case .filter: field = .filter("")
        case .command: field = .command("")
        case .nextMatch: move(.down)
        case .previousMatch: move(.up)
        case .copyDigest, .copyReference: copy(intent)
        case .toggleTime: timeStyle = timeStyle == .absolute ? .relative : .absolute
        case .freeze: toggleFreeze()
        case .reload: say("there is nothing to reload: the agent pushes every change")
        case .rollback: openRollback()
        case .goOn, .abort: openDecision(intent)
        case .confirm: if sheet != nil { fire() } else { consent() }
        case .spare: if case .rollback(let shown)? = sheet?.kind { fire(shown, vetoes: false) }
        case .writeReason: writeReason()
        case .nextOffer: chooseNextOffer()
        case .undoRollback: openUndo()
        case .plan: planSelected()
        case .release, .live, .history: openSubject(intent)
        case .whatRuns: plan?.showsWhatRuns.toggle()
        case .differences: plan?.showsDifferences.toggle()
        case .follow, .onlyFailures, .mark: watch(intent)
        case .needy: fleet.select(filter, onlyNeedy: !fleet.onlyNeedy)
        case .approve, .reject: openApproval(intent)
        case .lease: openLease()
        case .hold, .undo, .runRetention: openRetention(intent)
        case .planAgain: if case .retention(let name) = view { requestRetention(of: name) }
        case .verifyChain, .export: readChain(writing: intent == .export)
        case .chooseEnvironment: return
        }
    }

    mutating func open(_ next: View) {
        guard view != next else { return }
        views.removeAll { $0 == next }
        views.append(next)
        if views.count > Self.viewLimit { views.remove(at: 1) }
        cursors = cursors.filter { views.contains($0.key) }
        if case .live = next { stream = StreamWindow() }
        if case .release(let service, let digest) = next { requestPapers(of: digest, in: service) }
        if case .retention(let service) = next { refreshRetention(of: service) }
    }

    mutating func back() {
        if views.count <= 1 { return isFinished = true }
        let left = views.removeLast()
        if left == .plan { leavePlan() }
        cursors[left] = nil
        if !filter.isEmpty { setFilter("") }
    }

    private mutating func leave() {
        if !filter.isEmpty { return setFilter("") }
        if sheet != nil { return leaveSheet() }
        if views.count > 1 { back() } else { say("q quits") }
    }

    private mutating func sayWhatKeepsRunning() {
        let running = board?.projection.unfinished.last.map { "; promotion \($0.number) keeps running" } ?? ""
        say("Q quits\(SafeText(running, limit: 60))")
    }

    private mutating func show(_ number: Int) {
        let service = currentService
        let digest = selectedDigest
        leavePlan()
        views = [rootView]
        switch (number, service) {
        case (1, _): views = [.fleet]
        case (6, _): open(.approvals)
        case (2, let service?): open(.service(service))
        case (3, let service?): open(.live(service, nil))
        case (4, let service?): open(.history(service))
        case (5, let service?): if let digest { open(.release(service, digest)) }
        case (7, let service?): open(.retention(service))
        default: return
        }
        cursors = cursors.filter { views.contains($0.key) }
        setFilter("")
    }

    private mutating func openRow() {
        if view == .approvals, let promotion = selectedApproval {
            return open(.live(promotion.plan.place.service, promotion.number))
        }
        if let name = currentService { open(.service(name)) }
    }

    private mutating func openSubject(_ intent: Intent) {
        guard let service = currentService else { return }
        switch intent {
        case .release: if let digest = selectedDigest { open(.release(service, digest)) }
        case .live: open(.live(service, selectedPromotion ?? newestPromotion?.number))
        default: open(.history(service))
        }
        setFilter("")
    }

    private mutating func explain() {
        switch view {
        case .plan: open(.why(.plan))
        case .live(let service, let number):
            if let found = promotion(number, of: service) { open(.why(.promotion(found.number))) }
        case .service:
            guard case .slot(let place, let slot)? = selectedRow else { return }
            open(.why(.row(place, slot)))
        case .history where selectedPromotion != nil: if let number = selectedPromotion { open(.why(.promotion(number))) }
        case .approvals: if let promotion = selectedApproval { open(.why(.promotion(promotion.number))) }
        case .retention(let service): if case .digest(let digest)? = selectedRow { open(.why(.retained(service, digest))) }
        case .why: back()
        default:
            guard let service = currentService else { return say("there is nothing to explain here") }
            open(.why(.service(service)))
        }
    }

    private mutating func copy(_ intent: Intent) {
        guard let digest = selectedDigest else { return }
        guard intent == .copyReference else { return say("\(digest)", .digest) }
        guard let repository = currentService.flatMap({ board?.service($0)?.repository }) else { return }
        say("\(repository)@\(digest)", .digest)
    }

    private mutating func toggleFreeze() {
        if frozen != nil {
            frozen = nil
        } else if let board {
            frozen = Frozen(board: board, at: now)
            say("frozen; Z thaws it, and promotions go on meanwhile")
        }
    }

    private mutating func nextPane() {
        switch view {
        case .service:
            let rows = rows(of: view)
            guard case .slot(let place, _)? = selectedRow else { return }
            let places = rows.compactMap { row -> Place? in if case .slot(let place, _) = row { place } else { nil } }
            guard let last = places.lastIndex(of: place) else { return }
            select((last + 1) % rows.count, of: rows)
        case .release:
            var cursor = cursors[view] ?? Cursor()
            cursor.index = (cursor.index + 1) % ReleasePane.allCases.count
            cursors[view] = cursor
        default: return
        }
    }
}
