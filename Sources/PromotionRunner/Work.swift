internal import PromotionCore
internal import Synchronization

/// An effect that is being performed: its task, and whether anybody still wants what it does.
struct Work: Sendable {
    /// Tells it from earlier work on the same effect, whose last letter may still be on its way.
    let number: Int
    /// The lease that it was begun under; nil for what needs none.
    let fence: Fence?
    let wish: Wish
    let task: Task<Void, Never>
}

/// Whether an effect is still wanted. A change of the world that is not is never cut off, but not tried again either.
final class Wish: Sendable {
    private let holds = Mutex(true)

    var isAlive: Bool { holds.withLock { $0 } }
    func keep(_ isAlive: Bool) { holds.withLock { $0 = isAlive } }
}

extension Effect {
    /// What of the world an effect changes or looks at; nil for one that may always go on beside others.
    private enum Subject: Equatable {
        case place
        case pointer(Tag)
    }

    private var subject: Subject? {
        switch self {
        case .slotRuns, .slotStopped, .trafficOn, .trafficSplit, .routingObserved, .slotObserved: .place
        case .pointerNames(let tag, _, _): .pointer(tag)
        case .conditionsHold, .leaseHeld, .imageCopied, .imageReady, .checkAnswered, .elapsed, .deadline: nil
        }
    }

    /// Whether it is nothing but time that has to go by.
    var isWait: Bool {
        switch self {
        case .elapsed, .deadline: true
        case .conditionsHold, .leaseHeld, .imageCopied, .imageReady, .slotRuns, .slotStopped, .pointerNames, .trafficOn,
            .trafficSplit, .checkAnswered, .routingObserved, .slotObserved:
            false
        }
    }

    /// Whether it must wait until a change under way has come to an end: of two changes of one thing nobody knows which
    /// comes last, and a look beside a change sees what may be over in a moment.
    func waits(for change: Effect) -> Bool { subject != nil && subject == change.subject }
}
