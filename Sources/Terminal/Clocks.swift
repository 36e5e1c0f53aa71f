internal import Platform
internal import PromotionCore

/// The clocks of this machine, to the millisecond.
enum Clocks {
    /// Wall time, which people set.
    static var wall: Timestamp { Timestamp(millisecondsSinceEpoch: SystemClock.wall) }

    /// Time since some moment, which nobody sets: for timeouts.
    static var monotonic: Milliseconds { Milliseconds(SystemClock.monotonic) }
}
