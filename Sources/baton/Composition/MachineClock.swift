internal import Glibc
internal import PromotionCore

/// The clocks of this machine.
enum MachineClock {
    /// Both clocks, read one right after the other.
    static var reading: ClockReading { ClockReading(wall: WallClock.now, boot: boot) }

    /// The time since the machine was started, its sleep included (clock_gettime(2), CLOCK_BOOTTIME).
    static var boot: BootTime {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return BootTime(
            boot: bootIdentity, elapsed: Milliseconds(Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000))
    }

    /// Wall time as it was when this process first asked, counted on since: no one can set it, so it is right for lengths of time
    /// where a moment is asked for, and wrong as the time of day once the wall clock was set.
    static var steady: Timestamp { beginning.wall(at: boot) ?? WallClock.now }

    private static let beginning = reading

    /// What names this start of the machine (proc_sys_kernel(5), boot_id). Where the system does not say, it is a word of this
    /// process alone: then no reading of another process is taken to be of the same start.
    private static let bootIdentity: String = {
        let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "process \(UInt64.random(in: .min ... .max))" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &bytes, bytes.count)
        let text = String(decoding: bytes.prefix(max(0, count)).prefix { $0 > 0x20 }, as: UTF8.self)
        return text.isEmpty ? "process \(UInt64.random(in: .min ... .max))" : text
    }()
}
