internal import PromotionCore

/// Agreeing and saying no: the target is frozen by the key that asks.
extension ConsoleState {
    mutating func openApproval(_ intent: Intent) {
        frozen = nil
        guard let promotion = selectedApproval else { return }
        let target = ApprovalTarget(
            number: promotion.number, place: promotion.plan.place, planHash: promotion.plan.hash,
            release: promotion.plan.release)
        open(Sheet(intent == .approve ? .approve(target, typed: "") : .reject(target), at: now))
    }

    /// Typing the first digits of the digest.
    /// - Returns: whether the key was one for the field.
    mutating func typeDigits(_ key: Key, _ target: ApprovalTarget, _ typed: String) -> Bool {
        var typed = typed
        switch key {
        case .character(let character) where character.isHexDigit && character.isASCII:
            if typed.count < PlanScreen.digits { typed.append(contentsOf: character.lowercased()) }
        case .backspace: _ = typed.popLast()
        case .enter: return fire(target, typed)
        default: return false
        }
        sheet?.kind = .approve(target, typed: typed)
        return true
    }

    private mutating func fire(_ target: ApprovalTarget, _ typed: String) -> Bool {
        if typed.count < PlanScreen.digits {
            say("type the first \(PlanScreen.digits) characters of the digest, then Enter")
        } else if !target.release.digest.hex.hasPrefix(typed) {
            say("that is not how the digest begins: look at it again", .warning)
            sheet?.kind = .approve(target, typed: "")
        } else if let reason = Disabled.fire(self) {
            say(reason, .warning)
        } else {
            sheet?.phase = .sent
            order(.policy(.approve(target.number, planHash: target.planHash)), for: .approval(target.number))
        }
        return true
    }

    /// Why a sheet about an approval no longer stands on what it was opened on; nil while it does.
    func change(of target: ApprovalTarget) -> SafeText? {
        guard let promotion = board?.projection.promotion(target.number) else { return "the promotion is no longer kept" }
        if promotion.state == .awaitingApproval || promotion.state == .blocked { return nil }
        return "promotion \(target.number) is \(promotion.state.words) now"
    }

    func approvalSheetLines(_ target: ApprovalTarget, typed: String?, _ width: Int) -> [Line] {
        let promotion = board?.projection.promotion(target.number)
        let digits = width < 60 ? 16 : 48
        let lines =
            Line.field(
                "new", "\(letter(target.release.digest, of: target.place.service)) sha256:\(target.release.digest.short(digits))",
                .digest, width: width)
            + Line.field("plan", "\(target.planHash.short())  by \(promotion?.startedBy.name ?? "-")", width: width)
        guard let typed else {
            return lines + Line.field("effect", "it ends before it begins; nothing was changed", width: width)
        }
        let field = typed + String(repeating: "_", count: PlanScreen.digits - typed.count)
        let ask =
            width < 60
            ? "first \(PlanScreen.digits) of the digest:" : "type the first \(PlanScreen.digits) characters of the digest: "
        return lines + Line.field("effect", "it may begin once enough people have agreed", width: width) + [
            Line("\(ask) [\(field)]", .key, column: 2)
        ]
    }
}
