/// A moment on the clock that counts from the start of the machine, its sleep included. No one can set this clock.
package struct BootTime: Hashable, Sendable, Codable {
    /// The start of the machine that it counts from (`/proc/sys/kernel/random/boot_id` on Linux).
    package let boot: String
    /// The time since then.
    package let elapsed: Milliseconds

    package init(boot: String, elapsed: Milliseconds) {
        self.boot = boot
        self.elapsed = elapsed
    }

    /// The time from an earlier moment to this one; `nil` if the machine was started in between.
    package func since(_ earlier: BootTime) -> Milliseconds? {
        boot == earlier.boot ? Milliseconds(elapsed.count &- earlier.elapsed.count) : nil
    }

    package static func + (time: BootTime, span: Milliseconds) -> BootTime {
        BootTime(boot: time.boot, elapsed: time.elapsed + span)
    }
}

/// Both clocks of a machine, read at the same moment.
///
/// The wall clock says what time it is, and can be set. The boot clock says how much time has gone by.
package struct ClockReading: Hashable, Sendable, Codable {
    package let wall: Timestamp
    package let boot: BootTime

    package init(wall: Timestamp, boot: BootTime) {
        self.wall = wall
        self.boot = boot
    }

    /// The wall time after a length of time, if no one sets the wall clock.
    package func wall(at later: BootTime) -> Timestamp? { later.since(boot).map { wall + $0 } }

    /// The least step of the wall clock that is a fact; what is less is drift.
    package static let tolerance = Milliseconds.seconds(2)

    /// How far the wall clock was set forward (or back, below zero) since an earlier reading; `nil` if it was not, or if the
    /// machine was started in between.
    package func step(since earlier: ClockReading) -> Milliseconds? {
        guard let expected = earlier.wall(at: boot) else { return nil }
        let step = wall - expected
        return step.count.magnitude > UInt64(Self.tolerance.count) ? step : nil
    }
}

/// A step of the wall clock, as the agent found it.
package struct ClockStep: Hashable, Sendable, Codable {
    /// How far the clock was set forward; below zero, back.
    package let by: Milliseconds
    /// Both clocks after the step.
    package let reading: ClockReading
    /// Whether no agent ran when the clock was set.
    package let wasAway: Bool

    package init(by step: Milliseconds, reading: ClockReading, wasAway: Bool) {
        by = step
        self.reading = reading
        self.wasAway = wasAway
    }

    /// How far waits that the boot clock counts are moved along with the wall clock.
    ///
    /// An agent that ran knows how much of a wait is over. One that was away does not trust either clock alone: the rest of a
    /// wait is the smaller of what both say, so only a step back moves it.
    var shift: Milliseconds { wasAway ? min(.zero, by) : by }

    /// The step in words: `set forward by 1h`.
    package var words: SafeText {
        "the clock was set \(by < .zero ? "back" : "forward") by \(Milliseconds(Int64(clamping: by.count.magnitude)))\(wasAway ? " while no agent ran" : "")"
    }
}
