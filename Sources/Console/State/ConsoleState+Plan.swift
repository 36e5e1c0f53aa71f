internal import PromotionCore

/// Asking for a plan, and giving consent to it.
extension ConsoleState {
    /// Asks for the plan of this release into this place; both stay what they are now.
    mutating func requestPlan(_ release: Release, into place: Place) {
        guard let service = board?.service(place.service) else { return }
        leavePlan()
        frozen = nil
        let request = PromotionRequest(place: place, digest: release.digest)
        plan = PlanScreen(request: request, release: release, isTyped: service.isGuarded(place.environment))
        open(.plan)
        ask(.plan(request), for: .plan(request))
        if !asked.values.contains(.plan(request)) { leavePlan() }
    }

    /// The keys that consent is made of.
    /// - Returns: whether the key was one of them.
    mutating func pressInPlan(_ key: Key) -> Bool {
        guard let screen = plan, screen.isTyped else { return false }
        if case .character(let character) = key, "0123456789abcdef".contains(character), let reason = Disabled.consent(self) {
            // What was meant for the field must not become a key of another view.
            say("nothing is typed now: \(reason)", .warning)
            return true
        }
        guard screen.isStartable else { return false }
        switch key {
        case .character(let character) where "0123456789abcdef".contains(character):
            status = nil
            if screen.typed.count < PlanScreen.digits { plan?.typed.append(character) }
        case .backspace:
            status = nil
            _ = plan?.typed.popLast()
        case .enter:
            status = nil
            confirmTyped(screen)
        default: return false
        }
        return true
    }

    private mutating func confirmTyped(_ screen: PlanScreen) {
        if screen.typed.count < PlanScreen.digits {
            return say("type the first \(PlanScreen.digits) characters of the digest, then Enter", .warning)
        }
        guard screen.release.digest.hex.hasPrefix(screen.typed) else {
            plan?.typed = ""
            return say("the digest does not begin with \(SafeText(screen.typed, limit: 8)): read it on the line FROM", .warning)
        }
        if let reason = Disabled.order(self) { return say(reason, .warning) }
        consent()
    }

    /// Sends the plan's hash, the one on screen and no other.
    mutating func consent() {
        guard let screen = plan, screen.isStartable, let hash = screen.hash else { return }
        plan?.phase = .sent
        order(.promote(screen.request, planHash: hash), for: .promote(screen.request))
    }

    /// `p`: what it plans depends on the view, and is frozen by the row's name.
    mutating func planSelected() {
        switch view {
        case .service: planRow()
        case .candidates(let name):
            guard case .choice(let digest, let environment)? = selectedRow else { return }
            guard let step = choices(of: name).first(where: { $0.release.digest == digest && $0.to == environment }) else {
                return
            }
            requestPlan(step.release, into: Place(name, step.to))
        case .release:
            if let place = nextPlaceOfRelease, let release = selectedRelease { requestPlan(release, into: place) }
        default: return
        }
    }

    private mutating func planRow() {
        guard case .slot(let place, _)? = selectedRow, let service = board?.service(place.service) else { return }
        if service.path.first?.name == place.environment { return openChoices(of: place.service) }
        guard let release = selectedRelease, let next = service.downstream(of: place.environment) else { return }
        requestPlan(release, into: Place(place.service, next.name))
    }

    /// Opens the list with the cursor on what is most likely meant.
    private mutating func openChoices(of name: ServiceName) {
        setFilter("")
        open(.candidates(name))
        guard let board, let service = board.service(name) else { return }
        var cursor = Cursor()
        let choices = choices(of: name)
        let next = board.next(of: service)
        if let index = choices.firstIndex(where: { $0.release.digest == next?.release.digest && $0.to == next?.to }) {
            cursor.index = index
            cursor.row = .choice(choices[index].release.digest, choices[index].to)
        }
        cursors[.candidates(name)] = cursor
        if choices.isEmpty {
            say(
                board.candidateGap(of: name).map { "what the registry offers is not known: \($0.cause)" }
                    ?? "\(board.absence(of: name)); nothing serves here yet", .warning)
        }
    }
}
