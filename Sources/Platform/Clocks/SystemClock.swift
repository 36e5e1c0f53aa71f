internal import Glibc

/// The clocks of this machine, in milliseconds (clock_gettime(2)).
package enum SystemClock {
    /// Time since 1970, which people set.
    package static var wall: Int64 { read(CLOCK_REALTIME) }

    /// Time since some moment, which nobody sets; the machine's sleep is not counted.
    package static var monotonic: Int64 { read(CLOCK_MONOTONIC) }

    /// Time since the machine was started, its sleep included.
    package static var boot: Int64 { read(CLOCK_BOOTTIME) }

    /// The kernel's random name of this start of the machine (proc_sys_kernel(5), boot_id); `nil` if the system does not say.
    package static let bootName: String? = {
        guard let bytes = try? BoundedRead.prefix(of: "/proc/sys/kernel/random/boot_id", limit: 64) else { return nil }
        let text = String(decoding: bytes.prefix { $0 > 0x20 }, as: UTF8.self)
        return text.isEmpty ? nil : text
    }()

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
