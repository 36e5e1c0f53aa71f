internal import PromotionCore

extension PlainText {
    /// Failures that no later success has made an end of, newest first, each with what a person does next.
    static func failures(of service: Service, on board: Board) -> [String] {
        (board.projection.services[service.name]?.openFailures ?? []).reversed().flatMap { note in
            let what = "\(note.kind.rawValue) \(note.promotion) of \(note.to) to \(note.place.environment)"
            var lines = ["  ! \(what) \(note.end.words): \(note.reason)", "    next: \(note.nextStep)"]
            if let fault = note.writingFault { lines.append("    not written into the project: \(fault)") }
            return lines
        }
    }
}

/// A failure that no later success has made an end of; part of what `status --json` prints.
struct FailureDocument: Encodable {
    let promotion: PromotionNumber
    let environment: EnvironmentName
    let from: ReleaseName?
    let to: ReleaseName
    let at: Timestamp
    let end: FailureNote.End
    let reason: SafeText
    let nextStep: SafeText

    init(_ note: FailureNote) {
        promotion = note.promotion
        environment = note.place.environment
        from = note.from
        to = note.to
        at = note.at
        end = note.end
        reason = note.reason
        nextStep = note.nextStep
    }
}
