internal import Glibc

/// One process of one boot: a process number that is used again later is another process.
package struct ProcessIdentity: Hashable, Sendable, Codable {
    package let number: Int32
    /// Clock ticks after boot at which it started (proc(5), `/proc/PID/stat`, field 22).
    let startedAtTicks: UInt64
    /// The kernel's random name of this boot.
    let boot: String

    /// This very process; `nil` if `/proc` cannot be read.
    package static var own: ProcessIdentity? { ProcessIdentity(running: getpid()) }

    /// The process that has this number now; `nil` if none has, or one that has ended and waits to be collected.
    package init?(running number: Int32) {
        guard let bytes = try? BoundedRead.whole("/proc/\(number)/stat", limit: 8_192), let stat = Stat(bytes), !stat.ended,
            let boot = SystemClock.bootName
        else { return nil }
        self.number = number
        startedAtTicks = stat.startedAtTicks
        self.boot = boot
    }

    /// Whether this process, and not another with its number, still runs.
    package var isAlive: Bool { ProcessIdentity(running: number) == self }

    /// Sends a signal if the process still runs; never to this process itself.
    package func signal(_ signal: ProcessSignal) {
        guard number > 1, number != getpid(), isAlive else { return }
        kill(number, signal.number)
    }

    /// Asks a process to end, insists after a time, and waits until it has.
    /// - Parameter patience: how long it may drain before it is killed.
    package func end(patience: Duration) async {
        signal(.end)
        if await hasEnded(within: patience) { return }
        signal(.kill)
        _ = await hasEnded(within: .seconds(2))
    }

    private func hasEnded(within limit: Duration) async -> Bool {
        let deadline = ContinuousClock.now + limit
        repeat {
            UnwaitedChildren.collect()
            if !isAlive { return true }
            // A cancelled caller does not wait, and the process is killed instead of drained.
            do { try await Task.sleep(for: .milliseconds(10)) } catch { return !isAlive }
        } while ContinuousClock.now < deadline
        return !isAlive
    }
}

/// The fields of `/proc/PID/stat` that tell one process from another.
struct Stat: Hashable {
    let ended: Bool
    let startedAtTicks: UInt64

    /// Parses the line; the command in parentheses may itself hold spaces and parentheses, so the last one counts.
    init?(_ bytes: [UInt8]) {
        guard let parenthesis = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[(parenthesis + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19, let state = fields[0].first, let ticks = UInt64(String(decoding: fields[19], as: UTF8.self))
        else { return nil }
        ended = state == UInt8(ascii: "Z") || state == UInt8(ascii: "X")
        startedAtTicks = ticks
    }
}
