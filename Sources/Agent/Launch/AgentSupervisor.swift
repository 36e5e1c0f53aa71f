internal import Dispatch
internal import Glibc
internal import Platform
internal import PromotionCore
internal import Synchronization

/// The parent of an agent in the background: it starts the agent again where it died.
///
/// An agent that ended in order, and one that could not even begin, are not started again. There is one supervisor for a socket.
package final class AgentSupervisor: Sendable {
    private let executable: String
    private let arguments: [String]
    private let socketPath: String
    private let say: @Sendable (String) -> Void
    private let state = Mutex(State())

    private struct State {
        var child: ChildProcess?
        var isEnding = false
    }

    /// How long a supervisor that finds another one waits for that one's end.
    private static let turn = Milliseconds.seconds(8)
    /// An agent that ends by itself sooner than this, at the first start, could not begin.
    private static let beginning = Milliseconds.seconds(10)

    /// - Parameters:
    ///   - arguments: what the agent is started with.
    ///   - say: reports what happened, for the log.
    package init(executable: String, arguments: [String], socketPath: String, say: @escaping @Sendable (String) -> Void) {
        self.executable = executable
        self.arguments = arguments
        self.socketPath = socketPath
        self.say = say
    }

    private static func lockPath(_ socketPath: String) -> String { socketPath + ".watch" }

    /// The process that watches over the agent of a socket; `nil` if none does.
    package static func process(watching socketPath: String) -> Int32? {
        let path = lockPath(socketPath)
        guard FileLock.isHeld(path) else { return nil }
        guard let bytes = try? BoundedRead.prefix(of: path, limit: 16) else { return nil }
        return Int32(String(decoding: bytes.prefix { $0 > 0x20 }, as: UTF8.self))
    }

    /// Watches until the agent has ended in order or is given up.
    /// - Returns: the exit status of the supervisor: that of the agent, or 1 where it was given up.
    package func run() -> Int32 {
        let lock: FileLock
        do throws(SystemFault) {
            guard let taken = try FileLock.acquire(Self.lockPath(socketPath), until: Deadline(in: Self.turn)) else { return 0 }
            lock = taken
            lock.write(Array("\(ThisProcess.number)\n".utf8))
        } catch {
            say("no one can watch over the agent: \(error)")
            return 1
        }
        let signals = [SIGTERM, SIGINT].map(passing)
        defer {
            for source in signals { source.cancel() }
            for number in [SIGTERM, SIGINT] { signal(number, SIG_DFL) }
        }
        defer { lock.write([]) }
        return watch()
    }

    private func watch() -> Int32 {
        var limit = RestartLimit()
        var reason: SafeText?
        var count = 0
        while true {
            let began = Self.elapsed
            guard let ending = runOnce(after: reason, count) else { return 1 }
            if ending == .exited(0) || state.withLock(\.isEnding) { return 0 }
            if count == 0, case .exited(let status) = ending, Self.elapsed.count - began.count < Self.beginning.count {
                return status
            }
            guard let pause = limit.next(at: Self.elapsed) else {
                say(
                    "the agent \(ending), \(RestartLimit.starts) times within \(RestartLimit.span): it is not started again"
                )
                return 1
            }
            count += 1
            reason = SafeText("\(ending)")
            say(
                "the agent \(ending): it is started again (start \(limit.count) of \(RestartLimit.starts) within \(RestartLimit.span))"
            )
            wait(pause)
            if state.withLock(\.isEnding) { return 0 }
        }
    }

    /// Starts the agent and waits for its end.
    /// - Returns: `nil` if it cannot be started at all.
    private func runOnce(after reason: SafeText?, _ count: Int) -> ProcessEnd? {
        let told = reason.map { ["--restarted", "\(count)", "--after", $0.text] } ?? []
        do throws(SystemFault) {
            var spawn = Spawn(.path(executable), arguments + told)
            spawn.input = .inherited
            let child = try spawn.start()
            let isEnding = state.withLock { state in
                state.child = child
                return state.isEnding
            }
            if isEnding { child.signal(.end) }
            let ending = child.wait()
            state.withLock { $0.child = nil }
            return ending
        } catch {
            say("the agent cannot be started: \(error)")
            return nil
        }
    }

    /// Passes a signal on to the agent, and starts none again after it.
    private func passing(_ number: CInt) -> any DispatchSourceSignal {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: DispatchQueue.global())
        source.setEventHandler { [self] in
            // Also where no agent runs at the moment that could say so itself.
            OrderedEnd(socketPath: socketPath).mark()
            let child = state.withLock { state in
                state.isEnding = true
                return state.child
            }
            child?.signal(.end)
        }
        source.activate()
        return source
    }

    private func wait(_ time: Milliseconds) {
        let end = Deadline(in: time)
        while !end.hasPassed, !state.withLock(\.isEnding) {
            ThisProcess.pause(milliseconds: min(20, end.pollMilliseconds))
        }
    }

    private static var elapsed: Milliseconds { Milliseconds(SystemClock.boot) }
}
