internal import Glibc
internal import PromotionCore
internal import Synchronization
internal import Terminal
internal import Testing

/// Hands out connected sockets; the test keeps the agent's ends.
final class Agents: Sendable {
    private let ends = Mutex<[CInt]>([])
    private let refusals: Mutex<Int>
    /// What the agent of the first connection says before it closes, at once.
    private let farewell: Mutex<String?>

    init(refusingFirst refusals: Int = 0, sayingFarewell farewell: String? = nil) {
        self.refusals = Mutex(refusals)
        self.farewell = Mutex(farewell)
    }

    deinit { ends.withLock { $0 }.forEach { close($0) } }

    var connect: @Sendable () -> Result<CInt, LinkRefusal> {
        { [self] in
            let refuses = refusals.withLock { left in
                left -= 1
                return left >= 0
            }
            if refuses { return .failure(LinkRefusal("nobody listens")) }
            var pair: [CInt] = [-1, -1]
            guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &pair) == 0 else {
                return .failure(LinkRefusal("no sockets"))
            }
            let number = ends.withLock { ends in
                ends.append(pair[1])
                return ends.count - 1
            }
            if let words = farewell.withLock({ $0.take() }) {
                say(words, number)
                ends.withLock { $0[number] = -1 }
                close(pair[1])
            }
            return .success(pair[0])
        }
    }

    /// The agent's end of a connection, once the console has called so often.
    func end(_ number: Int) -> CInt? { ends.withLock { $0.indices.contains(number) ? $0[number] : nil } }

    /// What the console has sent, up to a newline; nil after five seconds.
    func line(_ number: Int) -> String? {
        guard let end = end(number) else { return nil }
        var line: [UInt8] = []
        var polled = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
        var byte: UInt8 = 0
        while poll(&polled, 1, 5_000) == 1, read(end, &byte, 1) == 1 {
            if byte == 0x0A { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        return nil
    }

    func say(_ text: String, _ number: Int) {
        guard let end = end(number) else { return }
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                buffer.baseAddress.map { send(end, $0 + sent, buffer.count - sent, CInt(MSG_NOSIGNAL)) } ?? -1
            }
            if count <= 0 { return }
            sent += count
        }
    }

    func hangUp(_ number: Int) {
        if let end = end(number) { shutdown(end, CInt(SHUT_RDWR)) }
    }
}

extension OnAPseudoTerminal {
    @Suite struct AgentLinkTests {
        @Test func `lines go both ways`() throws {
            let agents = Agents()
            let person = try Operator(try PseudoTerminal(), connect: agents.connect)
            #expect(person.notes("gained"))
            #expect(agents.line(0) == "hello")
            agents.say("one\ntw", 0)
            #expect(person.notes("line one"))
            agents.say("o\n", 0)
            #expect(person.notes("line two"))
            person.terminal.type("i")
            #expect(agents.line(0) == "intent")
            person.terminal.type("q")
            #expect(try person.end() == .finished)
        }

        @Test func `a lost agent is called again, and an intent of the meantime is never sent late`() throws {
            let agents = Agents(refusingFirst: 1)
            let person = try Operator(try PseudoTerminal(), connect: agents.connect)
            #expect(person.notes("lost nobody listens"))
            #expect(person.notes("gained"))
            #expect(agents.line(0) == "hello")
            agents.say("last words\n", 0)
            #expect(person.notes("line last words"))
            agents.hangUp(0)
            #expect(person.notes("lost the agent closed the connection"))
            person.terminal.type("i")
            #expect(person.notes("key i"))
            #expect(person.notes("gained"))
            #expect(agents.line(1) == "hello")
            person.terminal.type("i")
            #expect(agents.line(1) == "intent")
            person.terminal.type("q")
            #expect(try person.end() == .finished)
        }

        /// What the console writes is refused at once; what the agent said before is read all the same.
        @Test func `an agent that is gone has its last words heard, and its end is told as every end`() throws {
            let agents = Agents(sayingFarewell: "last words\n")
            let person = try Operator(try PseudoTerminal(), connect: agents.connect)
            #expect(person.notes("line last words"))
            #expect(person.notes("lost the agent closed the connection"))
            #expect(person.notes("gained"))
            person.terminal.type("q")
            #expect(try person.end() == .finished)
        }

        @Test func `a message over the limit is a lost link`() throws {
            let agents = Agents()
            let person = try Operator(try PseudoTerminal(), connect: agents.connect)
            #expect(agents.line(0) == nil || person.notes("gained"))
            agents.say(String(repeating: "x", count: Wire.answerLimit + 65_536), 0)
            #expect(person.notes("lost the agent sent a message of more than \(Wire.answerLimit / 1_048_576) MiB"))
            person.terminal.type("q")
            #expect(try person.end() == .finished)
        }

        @Test func `a stream does not starve keys`() throws {
            let agents = Agents()
            let person = try Operator(try PseudoTerminal(), connect: agents.connect)
            #expect(person.notes("gained"))
            agents.say(String(repeating: "event\n", count: 4_000), 0)
            person.terminal.type("q")
            #expect(try person.end() == .finished)
        }
    }
}
