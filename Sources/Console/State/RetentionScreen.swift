package import PromotionCore

/// View 7 of one service: the lines of a plan that the agent made, and how far the last run has come.
package struct RetentionScreen: Sendable {
    /// How far the question for a plan has come.
    package enum Phase: Hashable, Sendable {
        /// The agent reads the repository, which may take a while; an earlier plan stays on screen meanwhile.
        case asked
        case shown
        case failed(SafeText)
    }

    package let service: ServiceName
    package internal(set) var phase = Phase.asked
    /// What the whole plan comes to; nil before the first one is there.
    package internal(set) var plan: RetentionLines?
    /// The plan's lines as far as they were fetched: what goes first.
    package internal(set) var lines: [RetentionLine] = []
    package internal(set) var status: RetentionStatus?
    /// When the run under way was last asked for.
    var askedAt: Timestamp?

    /// Lines that are fetched; `baton retention plan` shows the rest.
    static let lineLimit = 5_000
    /// A plan that is younger is shown again when the view is opened; reading a large repository is not cheap.
    static let youth = Milliseconds.minutes(10)
    /// How often a run under way is looked at.
    static let rhythm = Milliseconds.seconds(1)

    init(_ service: ServiceName) { self.service = service }

    /// Whether a run over the repository is under way.
    var isRunning: Bool { status?.report.map { $0.endedAt == nil } ?? false }

    /// Why nothing of the plan may be carried out; what a registry can do is only found out on the way.
    var refusal: SafeText? { status?.halted ?? plan?.barred.first?.reason }

    func line(_ digest: Digest) -> RetentionLine? { lines.first { $0.digest == digest } }
}

/// What a request about retention was for.
enum RetentionPurpose: Hashable, Sendable {
    case plan
    /// More lines of a plan.
    case lines(Digest)
    case status
    /// Carrying out a plan.
    case run
    /// A hold, the end of one, or an undo.
    case order

    /// Whether an answer that never comes leaves it open what happened.
    var changesWorld: Bool { self == .run || self == .order }
}

/// A retention plan as it was when its key was pressed.
package struct RetentionTarget: Hashable, Sendable {
    package let service: ServiceName
    package let repository: RepositoryName
    package let plan: Digest
    package let quarantine: Int
    package let delete: Int
    package let frees: Int64
    package let grace: Milliseconds

    /// What a person counts before they let it run.
    package var count: Int { quarantine + delete }
}

/// One digest of a repository, and what is to be done with it.
package struct RetentionStep: Hashable, Sendable {
    /// What is to be done.
    package enum Deed: Hashable, Sendable {
        case hold, letGo, undo
    }

    package let service: ServiceName
    package let line: RetentionLine
    package let deed: Deed
}
