internal import Platform
internal import PromotionCore

/// The machine's wall clock.
enum WallClock {
    /// Now, to the millisecond.
    static var now: Timestamp { Timestamp(millisecondsSinceEpoch: SystemClock.wall) }
}
