internal import Agent
internal import Foundation
internal import Platform
internal import PromotionCore
internal import Testing

@Suite struct `Load of one account` {
    private static func viewer(_ userID: UInt32) -> Seats.Holder {
        Seats.Holder(userID: userID, name: "viewer \(userID)", isReserved: false)
    }
    private static let operators = Seats.Holder(userID: 1_000, name: "alice", isReserved: true)

    private static func take(_ seats: inout Seats, _ holder: Seats.Holder) -> SafeText? {
        if let refusal = seats.enter() { return refusal }
        let refusal = seats.take(holder)
        if refusal != nil { seats.leave() }
        return refusal
    }

    @Test func `a viewer has eight connections, and a refusal says whose they are`() {
        var seats = Seats(.init())
        for _ in 1...8 { #expect(Self.take(&seats, Self.viewer(1)) == nil) }
        #expect(Self.take(&seats, Self.viewer(1)) == "viewer 1 has 8 connections already; close one and try again")
        #expect(Self.take(&seats, Self.viewer(2)) == nil)
        seats.leave(Self.viewer(1))
        #expect(Self.take(&seats, Self.viewer(1)) == nil)
    }

    @Test func `viewers together never take what is kept for people who act`() {
        var seats = Seats(.init())
        var refusals: [SafeText] = []
        for user in 1...20 as ClosedRange<UInt32> {
            for _ in 1...8 { if let refusal = Self.take(&seats, Self.viewer(user)) { refusals.append(refusal) } }
        }
        #expect(refusals.count == 160 - 48)
        #expect(refusals.first?.text.hasPrefix("48 clients are connected already (viewer ") == true)
        for _ in 1...16 { #expect(Self.take(&seats, Self.operators) == nil) }
        #expect(Self.take(&seats, Self.operators)?.text.hasPrefix("64 clients are connected already") == true)
    }

    @Test func `connections that say nothing of themselves are bounded, and each counts once`() {
        var seats = Seats(.init())
        for _ in 1...64 { #expect(seats.enter() == nil) }
        #expect(seats.enter()?.text.contains("try again") == true)
        for _ in 1...64 { seats.leave() }
        for _ in 1...64 { #expect(Self.take(&seats, Self.operators) == nil) }
        for _ in 1...64 { seats.leave(Self.operators) }
        #expect(Self.take(&seats, Self.viewer(1)) == nil)
    }

    /// Questions of many viewers, none of which is answered: an operator's still goes through.
    @Test func `questions of viewers leave room for those of people who act`() async throws {
        let queue = QuestionQueue(.init())
        var waiting: [Task<Void, any Error>] = []
        for user in 1...10 as ClosedRange<UInt32> {
            for _ in 1...5 { waiting.append(Task { try await queue.enter(Self.viewer(user)) }) }
        }
        for _ in 1...20 {
            try await queue.enter(Self.operators)
            queue.worked(Self.operators)
            queue.read(Self.operators)
        }
        for task in waiting { task.cancel() }
        var entered = 0
        for task in waiting { if case .success = await task.result { entered += 1 } }
        #expect(entered <= 2)
    }

    @Test func `an account that reads no answers gets no more of them, and holds up no other`() async throws {
        let queue = QuestionQueue(.init())
        for _ in 1...2 {
            try await queue.enter(Self.viewer(1))
            queue.worked(Self.viewer(1))
        }
        let third = Task { try await queue.enter(Self.viewer(1)) }
        for _ in 1...50 {
            try await queue.enter(Self.viewer(2))
            queue.worked(Self.viewer(2))
            queue.read(Self.viewer(2))
        }
        queue.read(Self.viewer(1))
        try await third.value
        queue.worked(Self.viewer(1))
    }

    @Test func `who waits is served in the order of coming, and none is forgotten`() async throws {
        let queue = QuestionQueue(.init())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 as Range<UInt32> {
                group.addTask {
                    let holder = Self.viewer(number % 7)
                    try await queue.enter(holder)
                    await Task.yield()
                    queue.worked(holder)
                    queue.read(holder)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `the log keeps its newest lines within a bound`() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let path = directory.path("agent.log")
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND, 0o600)
        defer { close(descriptor) }
        func write(_ text: String) {
            _ = Array(text.utf8).withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
        }
        for number in 1...2_000 { write("line \(number)\n") }
        BoundedLog.trim(descriptor, limit: 100_000, keeping: 1_000)
        #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("line 1\n"), "it is within its bound")
        BoundedLog.trim(descriptor, limit: 10_000, keeping: 1_000)
        write("the next line\n")
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.first == "(the log had more than 10000 bytes: older lines were dropped)")
        #expect(lines.suffix(2) == ["line 2000", "the next line"])
        #expect(lines.count < 110)
    }
}
