/// How a webhook wants to be told.
package enum NoticeFormat: String, Hashable, Sendable, CaseIterable {
    /// One JSON object with every value of the notice.
    case json
    /// A message of Slack and of what understands the same (docs.slack.dev, "Sending messages using incoming webhooks").
    case slack
}

extension Notice {
    /// The body of a request that tells this notice.
    /// - Parameters:
    ///   - link: where the promotion can be looked at; nil where nowhere was configured.
    ///   - delay: what has become of it since; `nil` if it is told at once.
    /// - Throws: `EncodingError`; no notice leads to one.
    package func body(as format: NoticeFormat, link: String?, _ delay: NoticeDelay? = nil) throws -> [UInt8] {
        switch format {
        case .json: try CanonicalJSON.encode(NoticeDocument(self, link: link, delay))
        case .slack: try CanonicalJSON.encode(SlackMessage(text: slackText(link: link, delay)))
        }
    }

    /// The notice in one sentence: "payments prod: promotion 12 of v2.33.0-rc.1 (1f3870be274f) rolled back".
    package var sentence: SafeText {
        guard let promotion, let kind, let to else { return "\(place): \(state)" }
        return "\(place): \(kind.rawValue) \(promotion) of \(to) \(state)"
    }

    private func slackText(link: String?, _ delay: NoticeDelay?) -> String {
        var lines = ["*\(escaped(sentence.text))*"]
        if let delay { lines.append(escaped(delay.words(of: self).text)) }
        if let reason { lines.append("Reason: \(escaped(reason.text))") }
        lines.append("From: `\(from?.digest.description ?? "nothing")`")
        if let to { lines.append("To: `\(to.digest)`") }
        if let nextStep { lines.append("Next: \(escaped(nextStep.text))") }
        lines.append("\(call == nil ? "Started" : "Called") by \(escaped(by.text))")
        if let link { lines.append("<\(escaped(link))>") }
        return lines.joined(separator: "\n")
    }

    /// Text that Slack shows as it is: its three control characters escaped (docs.slack.dev, "Formatting message text").
    private func escaped(_ text: String) -> String {
        text.map { character in
            switch character {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            default: String(character)
            }
        }.joined()
    }
}

/// What a webhook of generic JSON gets. Keys are only ever added.
private struct NoticeDocument: Encodable {
    struct Named: Encodable {
        let digest: Digest
        let tag: Tag?

        init(_ name: ReleaseName) {
            digest = name.digest
            tag = name.tag
        }
    }

    let version = 1
    let occasion: Occasion
    /// Names the notice: a receiver that got it twice can tell.
    let id: Int64
    let at: String
    let service: ServiceName
    let environment: EnvironmentName
    let repository: String?
    let promotion: PromotionNumber?
    let kind: PromotionPlan.Kind?
    let state: String
    /// What a person is called for, in a word for machines: the kind is one of three, the subject says more.
    let callKind: Call.Kind?
    let callSubject: Call.Subject?
    let from: Named?
    let to: Named?
    let by: SafeText
    let reason: SafeText?
    let nextStep: SafeText?
    let link: String?
    let text: SafeText
    /// Seconds from the occasion to this telling, whether what it tells of is over, and how things stand; only where it is late.
    let lateSeconds: Int64?
    let isOver: Bool?
    let now: SafeText?

    init(_ notice: Notice, link: String?, _ delay: NoticeDelay?) {
        lateSeconds = delay.map { $0.age.count / 1_000 }
        isOver = delay?.isOver
        now = delay?.now
        occasion = notice.occasion
        id = notice.sequence
        at = notice.at.description
        service = notice.place.service
        environment = notice.place.environment
        repository = notice.repository.map { "\($0)" }
        promotion = notice.promotion
        kind = notice.kind
        state = notice.state
        from = notice.from.map(Named.init)
        to = notice.to.map(Named.init)
        callKind = notice.call?.kind
        callSubject = notice.call?.subject
        by = notice.by
        reason = notice.reason
        nextStep = notice.nextStep
        self.link = link
        text = notice.sentence
    }
}

private struct SlackMessage: Encodable {
    let text: String
}
