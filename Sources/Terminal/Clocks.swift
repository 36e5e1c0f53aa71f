internal import Glibc
internal import PromotionCore

/// The clocks of this machine, to the millisecond.
enum Clocks {
    /// Wall time, which people set.
    static var wall: Timestamp { Timestamp(millisecondsSinceEpoch: read(CLOCK_REALTIME)) }

    /// Time since some moment, which nobody sets: for timeouts.
    static var monotonic: Milliseconds { Milliseconds(read(CLOCK_MONOTONIC)) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
