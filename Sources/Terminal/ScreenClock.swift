internal import PromotionCore

/// The wall time as a screen is told it: it goes by evenly, also where the wall clock is set.
///
/// A screen that is deaf for half a second until a moment would be deaf for an hour after the clock was set back by one. So what
/// it is told follows a step only once nothing of this kind can be pending any more.
struct ScreenClock {
    private var wall: Timestamp
    private var monotonic: Milliseconds
    /// When a step was first seen, on the clock that no one sets; `nil` while the wall time agrees.
    private var steppedAt: Milliseconds?

    /// How long a step is not followed.
    static let pause = Milliseconds.seconds(3)

    init(wall: Timestamp = Clocks.wall, monotonic: Milliseconds = Clocks.monotonic) {
        self.wall = wall
        self.monotonic = monotonic
    }

    /// The time to tell, from both clocks as they are.
    mutating func time(wall read: Timestamp = Clocks.wall, monotonic now: Milliseconds = Clocks.monotonic) -> Timestamp {
        let reckoned = wall + Milliseconds(now.count - monotonic.count)
        guard abs((read - reckoned).count) > ClockReading.tolerance.count else {
            steppedAt = nil
            return reckoned
        }
        let since = steppedAt ?? now
        steppedAt = since
        guard now.count - since.count >= Self.pause.count else { return reckoned }
        self = ScreenClock(wall: read, monotonic: now)
        return read
    }
}
