package import PromotionCore

/// When to paint: at once for a person, at most every 16 ms for a stream.
package struct PaintSchedule: Hashable, Sendable {
    /// Shortest time between two paints that nobody waits for: 60 a second.
    package static let pause = Milliseconds(16)

    package init() {}

    private enum Need: Hashable, Sendable {
        case none
        case whenever
        case now
    }

    private var need = Need.now
    private var last: Milliseconds?

    /// A person did something and waits for the answer.
    package mutating func wantNow() { need = .now }

    /// Something changed by itself.
    package mutating func want() { if need == .none { need = .whenever } }

    /// When the next paint is due; nil if nothing changed.
    package var due: Milliseconds? {
        switch need {
        case .none: nil
        case .whenever: last.map { $0 + Self.pause } ?? .zero
        case .now: .zero
        }
    }

    /// The picture was painted at that moment.
    package mutating func painted(at now: Milliseconds) {
        need = .none
        last = now
    }
}
