internal import PromotionCore

/// From keys to intents.
extension ConsoleState {
    /// - Parameter isEarly: whether it was pressed before a sheet or plan could be read.
    mutating func press(_ key: Key, isEarly: Bool = false) {
        if key == .control("l") { return effects.append(.repaint) }
        if options.isWall, key != .character("q"), key != .character("?") {
            return say("this is a wall: only q and ? do something")
        }
        if isTooSmall, !key.leaves, key != .character("Q") {
            return say("window too small: nothing is done below \(Self.leastSize.columns)x\(Self.leastSize.rows)", .warning)
        }
        if sheet != nil { return pressInSheet(key, isEarly: isEarly) }
        if field != nil { return pressInField(key) }
        if view == .plan {
            let isDeaf = isEarly || plan?.deafUntil.map { now < $0 && $0 - now <= Sheet.deafness } ?? false
            if isDeaf, !key.leaves { return sayTooQuick(key) }
            if pressInPlan(key) { return }
        }
        status = nil
        guard let binding = KeyTable.binding(for: key, in: view.scope) else {
            return say("\(SafeText(key.label, limit: 12)) does nothing here: ? shows the keys")
        }
        perform(binding)
    }

    mutating func perform(_ binding: Binding) {
        if let reason = binding.disabledReason(self) {
            return say("\(SafeText(binding.keyText, limit: 20)) is not possible: \(reason)", .warning)
        }
        perform(binding.intent)
    }

    /// A paste is never taken for typing: it would confirm what nobody read.
    mutating func paste(_ text: String) {
        if sheet != nil || view == .plan || isTooSmall {
            return say("a paste is refused here: what confirms is typed by hand", .warning)
        }
        guard var typed = field else { return say("a paste does nothing here", .warning) }
        guard text.count <= Field.limit, text.allSatisfy({ $0.columns != nil }) else {
            return say("the paste is refused: one line of at most \(Field.limit) plain characters fits here", .warning)
        }
        typed.append(text)
        field = typed
        follow(typed)
    }

    // MARK: Fields

    private mutating func pressInField(_ key: Key) {
        guard var typed = field else { return }
        switch key {
        case .character(let character) where character.columns != nil:
            typed.append(String(character))
            field = typed
            follow(typed)
        case .backspace:
            if typed.text.isEmpty { return leaveField() }
            typed.removeLast()
            field = typed
            follow(typed)
        case .control("u"):
            typed.clear()
            field = typed
            follow(typed)
        case .enter:
            field = nil
            if case .command(let text) = typed { run(text) }
        case .escape, .control("c"): leaveField()
        default: return
        }
    }

    private mutating func leaveField() {
        if case .filter? = field { setFilter("") }
        field = nil
        status = nil
    }

    private mutating func follow(_ field: Field) {
        if case .filter(let text) = field { setFilter(text) }
    }

    mutating func setFilter(_ text: String) {
        filter = text
        fleet.select(text, onlyNeedy: fleet.onlyNeedy)
    }

    // MARK: Sheets

    private mutating func pressInSheet(_ key: Key, isEarly: Bool) {
        guard let sheet else { return }
        if isEarly || sheet.isDeaf(at: now) {
            if key.leaves { return leaveSheet() }
            return sayTooQuick(key)
        }
        status = nil
        if key == .control("c") || (isTooSmall && key.leaves) { return leaveSheet() }
        guard sheetFits else {
            return key.leaves ? leaveSheet() : say("the window is too small for this sheet: Esc leaves it", .warning)
        }
        if sheet.phase == .open, sheet.changed == nil, typeReason(key) { return }
        if let words = sheet.kind.words, sheet.phase == .open, sheet.changed == nil, typeWords(key, words) { return }
        if case .approve(let target, let typed) = sheet.kind, sheet.phase == .open, sheet.changed == nil,
            typeDigits(key, target, typed)
        {
            return
        }
        guard let binding = KeyTable.binding(for: key, in: .sheet) else {
            if key == .enter, case .rollback = sheet.kind { return }
            return say("y does it, Esc leaves")
        }
        switch (binding.intent, sheet.kind) {
        case (.rollback, .rollback): return
        case (.chooseEnvironment, .rollback): if Disabled.rollbackSheet(self) == nil { chooseEnvironment(key) }
        case (.leave, _): leaveSheet()
        default: perform(binding)
        }
    }

    /// What was typed before anybody could read what is asked confirms nothing, and is answered.
    private mutating func sayTooQuick(_ key: Key) {
        say("too quick: press \(SafeText(key.label, limit: 12)) again", .warning)
    }

    mutating func leaveSheet() {
        let wasSent = sheet?.phase == .sent
        sheet = nil
        say(wasSent ? "it was asked already; the agent's answer will show" : "nothing happened")
    }

    /// Typing in a sheet that weakens a guard or destroys.
    /// - Returns: whether the key was one for its fields.
    private mutating func typeWords(_ key: Key, _ words: GuardWords) -> Bool {
        var words = words
        switch key {
        case .character(let character) where character.columns != nil: words.append(character)
        case .backspace: words.removeLast()
        case .tab, .backTab: words.isOnReason.toggle()
        case .enter:
            if words.isOnReason { return fire(words) }
            words.isOnReason = true
        default: return false
        }
        sheet?.kind.words = words
        return true
    }

    private mutating func fire(_ words: GuardWords) -> Bool {
        if words.named != words.wanted {
            say("it is \(SafeText(words.wanted, limit: 63)), not \"\(SafeText(words.named, limit: 63))\"", .warning)
        } else if let objection = Reason.objection(to: SafeText(words.reason, limit: Reason.most)) {
            say("\(objection.reason); \(objection.remedy)", .warning)
        } else if let reason = Disabled.fire(self) {
            say(reason, .warning)
        } else {
            fire(for: SafeText(words.reason, limit: Reason.most))
        }
        return true
    }

    private mutating func fire(for reason: SafeText) {
        switch sheet?.kind {
        case .goOnPast(let number, _, _):
            sheet?.phase = .sent
            order(.goOn(number, reason: reason), for: .goOn(number))
        case .retain(let target, _):
            sheet?.phase = .sent
            order(.retention(target.order(reason)), for: .retention(target.service, .run))
        default: return
        }
    }
}

extension Key {
    /// Whether it leaves what is asked: Esc, q, Ctrl-C.
    var leaves: Bool { self == .escape || self == .character("q") || self == .control("c") }
}

extension ConsoleState.Field {
    var text: String {
        switch self {
        case .filter(let text), .command(let text): text
        }
    }

    mutating func append(_ more: String) { set(String((text + more).prefix(Self.limit))) }
    mutating func removeLast() { set(String(text.dropLast())) }
    mutating func clear() { set("") }

    private mutating func set(_ text: String) {
        switch self {
        case .filter: self = .filter(text)
        case .command: self = .command(text)
        }
    }
}
