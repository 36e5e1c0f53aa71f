internal import PromotionCore

/// What the automation of one environment does, in `status --json`.
struct AutomationDocument: Encodable {
    let environment: EnvironmentName
    let isStopped: Bool
    let digest: Digest?
    let words: SafeText

    init(_ place: Place, _ board: Board) {
        environment = place.environment
        let halt = board.projection.services[place.service]?.environments[place.environment]?.automation.halt
        let outlook = board.automation[place]
        isStopped = halt != nil
        digest = outlook?.digest
        words = halt?.words ?? outlook?.words ?? "not looked at yet"
    }
}

/// A call for a person, in `status --json`.
struct CallDocument: Encodable {
    let environment: EnvironmentName
    let kind: Call.Kind
    let subject: Call.Subject
    let since: Timestamp
    let reason: SafeText
    let remedy: SafeText
    let role: Role

    init(_ place: Place, _ open: OpenCall) {
        environment = place.environment
        kind = open.call.kind
        subject = open.call.subject
        since = open.since
        reason = open.call.reason
        remedy = open.call.remedy
        role = open.call.role
    }
}
