internal import Platform
internal import PromotionCore

/// The clocks of this machine.
enum MachineClock {
    /// Both clocks, read one right after the other.
    static var reading: ClockReading { ClockReading(wall: WallClock.now, boot: boot) }

    /// The time since the machine was started, its sleep included (clock_gettime(2), CLOCK_BOOTTIME).
    static var boot: BootTime { BootTime(boot: bootIdentity, elapsed: Milliseconds(SystemClock.boot)) }

    /// Wall time as it was when this process first asked, counted on since: no one can set it, so it is right for lengths of time
    /// where a moment is asked for, and wrong as the time of day once the wall clock was set.
    static var steady: Timestamp { beginning.wall(at: boot) ?? WallClock.now }

    private static let beginning = reading

    /// What names this start of the machine (proc_sys_kernel(5), boot_id). Where the system does not say, it is a word of this
    /// process alone: then no reading of another process is taken to be of the same start.
    private static let bootIdentity = SystemClock.bootName ?? "process \(UInt64.random(in: .min ... .max))"
}
