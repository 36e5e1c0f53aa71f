internal import Foundation
internal import Glibc
internal import Synchronization
internal import Terminal
internal import Testing

/// Somebody in front of a console whose loop runs in a thread of this process.
final class Operator {
    let terminal: PseudoTerminal
    private let journal: CInt
    private var unread = ""
    private var seen: [String] = []
    private let ending: Ended

    /// How the loop ended, and when; the writer's end of the journal is closed then.
    private final class Ended: Sendable {
        let value = Mutex<Result<Ending, TerminalError>?>(nil)
    }

    init(
        _ terminal: PseudoTerminal, type: String = "xterm-256color", signals: Bool = false,
        connect: (@Sendable () -> Result<CInt, LinkRefusal>)? = nil
    ) throws {
        var ends: [CInt] = [-1, -1]
        try #require(pipe(&ends) == 0)
        self.terminal = terminal
        journal = ends[0]
        let ended = Ended()
        ending = ended
        let (path, writer) = (terminal.path, ends[1])
        Thread.detachNewThread {
            ended.value.withLock { $0 = .none }
            let result = Result { () throws(TerminalError) in
                let pipe = signals ? SignalPipe() : nil
                let session = try TerminalSession(.path(path), type: type)
                let screen = ScriptedScreen(journal: writer)
                return TerminalLoop(session: session, signals: pipe, screen: screen, connect: connect).run()
            }
            ended.value.withLock { $0 = result }
            close(writer)
        }
    }

    deinit { close(journal) }

    /// Reads the journal until a line is there that has not been looked for; false after five seconds or at the end.
    func notes(_ line: String) -> Bool {
        let limit = ContinuousClock.now + .seconds(5)
        while true {
            if let found = seen.firstIndex(of: line) {
                seen.removeFirst(found + 1)
                return true
            }
            guard ContinuousClock.now < limit, readJournal() else { return false }
        }
    }

    /// What has been noted since the last line that was looked for, once the loop has ended.
    func rest() -> [String] {
        while readJournal() {}
        return seen
    }

    /// How the loop ended; nil if it has not within five seconds.
    func end() throws -> Ending? {
        let limit = ContinuousClock.now + .seconds(5)
        while ContinuousClock.now < limit {
            if let result = ending.value.withLock({ $0 }) { return try result.get() }
            terminal.drain(quiet: 5)
            _ = readJournal(within: 5)
        }
        return nil
    }

    private func readJournal(within milliseconds: CInt = 100) -> Bool {
        var polled = pollfd(fd: journal, events: Int16(POLLIN), revents: 0)
        guard poll(&polled, 1, milliseconds) == 1 else { return milliseconds == 100 && ending.value.withLock { $0 } == nil }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(journal, &bytes, bytes.count)
        guard count > 0 else { return false }
        unread += String(decoding: bytes[..<count], as: UTF8.self)
        let lines = unread.split(separator: "\n", omittingEmptySubsequences: false)
        seen += lines.dropLast().map(String.init)
        unread = String(lines.last ?? "")
        return true
    }
}
