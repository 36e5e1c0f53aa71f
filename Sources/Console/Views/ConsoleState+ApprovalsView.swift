internal import PromotionCore

/// View 6: promotions that wait for other people to agree, and what they agree to.
extension ConsoleState {
    /// Promotions that wait for an approval, oldest first, filtered.
    var waitingApprovals: [Promotion] {
        let wanted = filter.lowercased()
        return (shown?.awaitingApproval ?? []).filter { promotion in
            wanted.isEmpty
                || "\(promotion.number) \(promotion.plan.place) \(promotion.plan.release.tag?.text ?? "") \(promotion.startedBy)"
                    .lowercased().contains(wanted)
        }
    }

    /// The promotion under the cursor of the approvals.
    var selectedApproval: Promotion? {
        guard case .promotion(let number)? = selectedRow(in: .approvals) else { return nil }
        return shown?.projection.promotion(number)
    }

    /// Why the account of this console cannot approve a promotion; nil where it can.
    func approvalObjection(_ promotion: Promotion) -> Objection? {
        guard let welcome else { return nil }
        return board?.objection(toApprovalOf: promotion, by: welcome.account, with: welcome.grant, at: now)
    }

    var approvalsTitle: String {
        let mine = (shown?.awaitingApproval ?? []).count { approvalObjection($0) == nil }
        return "APPROVALS  \(mine) wait\(mine == 1 ? "s" : "") for you"
    }

    func approvalLines(_ columns: Int, _ room: Int) -> [Line] {
        guard let board = shown else { return [] }
        let waiting = waitingApprovals
        guard !waiting.isEmpty else { return [Line("nothing waits for an approval", .dim)] }
        let shape = ApprovalShape(columns)
        let selected = selectedApproval
        let detail = selected.map { detailLines($0, board, columns) } ?? []
        let height = max(1, room - 2 - detail.count)
        let index = waiting.firstIndex { $0.number == selected?.number } ?? 0
        let top = pageTop(index, height)
        var lines = [shape.head]
        for position in top..<min(waiting.count, top + height) {
            var line = row(waiting[position], board, shape)
            line.isSelected = position == index
            lines.append(line)
        }
        return lines + [Line(String(repeating: glyphs.rule, count: max(0, columns - 2)), .dim)] + detail
    }

    private func row(_ promotion: Promotion, _ board: Board, _ shape: ApprovalShape) -> Line {
        let plan = promotion.plan
        let name = plan.place.service
        let what =
            "\(letter(plan.release.digest, of: name)) \(plan.release.tag?.text ?? plan.release.digest.short()) "
            + "\(glyphs.arrow) \(plan.place.environment)"
        let given = promotion.approvalStanding(at: shownNow)?.summary.text ?? ""
        let isOwn = welcome.map { $0.account.isSamePerson(as: promotion.startedBy) } ?? false
        let line = Line("\(promotion.number)").at(shape.service, name.text, .plain, width: shape.what - shape.service - 1)
            .at(shape.what, what, .digest, width: shape.by - shape.what - 1)
        guard shape.isWide else { return line.at(shape.by, isOwn ? "(yours)" : given, isOwn ? .dim : .plain) }
        return line.at(shape.by, promotion.startedBy.name.text, .plain, width: 8)
            .at(shape.by + 9, promotion.deadline?.moment(seenFrom: shownNow) ?? "-", .plain, width: 12)
            .at(shape.by + 22, isOwn ? "(yours)" : given, isOwn ? .dim : .plain)
    }

    /// What would be agreed to: what goes where, in whose place, and what was given so far.
    private func detailLines(_ promotion: Promotion, _ board: Board, _ columns: Int) -> [Line] {
        let plan = promotion.plan
        let name = plan.place.service
        let digits = columns >= 110 ? 64 : columns >= 60 ? 24 : 12
        let from = plan.from.map { "\($0)" } ?? "the registry"
        var lines = [
            Line(
                "\(promotion.number)  \(name)  \(from) \(glyphs.arrow) \(plan.place.environment)/\(plan.slot)   plan "
                    + plan.hash.short(), .heading),
            Line("NEW", .heading).at(
                9, "\(letter(plan.release.digest, of: name)) sha256:\(plan.release.digest.short(digits))", .digest),
            Line("LIVE", .heading).at(
                9,
                plan.live.map { "\(letter($0.release.digest, of: name)) sha256:\($0.release.digest.short(digits))" }
                    ?? "nothing serves", .digest),
        ]
        guard let standing = promotion.approvalStanding(at: shownNow) else { return lines }
        lines += Line.wrapped("wants \(standing.rule.words)", .plain, column: 9, columns: columns, limit: 2)
        for approval in standing.counted.prefix(3) {
            lines.append(
                Line().at(9, "\(Mark.pass.glyph(in: glyphs)) \(approval.by.name) at \(approval.at.hourAndMinute)", .good))
        }
        for voided in standing.voided.prefix(3) {
            lines += Line.wrapped(
                "\(Mark.void.glyph(in: glyphs)) \(voided.approval.by.name): \(voided.void)", .warning, column: 9,
                columns: columns,
                limit: 2)
        }
        if let objection = approvalObjection(promotion) {
            lines += Line.wrapped("not yours: \(objection.reason)", .dim, column: 9, columns: columns, limit: 2)
        }
        return lines
    }
}

/// The columns of the approvals at a width.
private struct ApprovalShape {
    let isWide: Bool
    let service: Int
    let what: Int
    let by: Int

    init(_ columns: Int) {
        isWide = columns >= 72
        service = columns >= 72 ? 12 : 6
        what = columns >= 110 ? 36 : columns >= 72 ? 23 : 16
        by = columns >= 110 ? 78 : columns >= 72 ? 49 : max(24, columns - 9)
    }

    var head: Line {
        let line = Line(isWide ? "PROMOTION" : "NO", .heading).at(service, "SERVICE", .heading).at(what, "WHAT", .heading)
        guard isWide else { return line.at(by, "GIVEN", .heading) }
        return line.at(by, "BY", .heading).at(by + 9, "EXPIRES", .heading).at(by + 22, "GIVEN", .heading)
    }
}
