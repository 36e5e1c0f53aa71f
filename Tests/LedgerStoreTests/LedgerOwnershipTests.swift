internal import Foundation
internal import Glibc
internal import LedgerStore
internal import PromotionCore
internal import Testing

@Suite struct LedgerOwnershipTests {
    @Test func `a second agent is refused with the words of the first`() throws {
        let scratch = try Scratch()
        let first = try scratch.own()
        let fault = #expect(throws: Fault.self) { try scratch.own() }
        #expect(fault?.kind == .refused)
        #expect(
            fault?.description
                == """
                the ledger at \(scratch.path) is held by agent 1234 of alice on bastion-1 since 08-24 14:02 UTC: \
                use that agent, or stop it first
                """)
        first.release()
        #expect(!first.isHeld)
        let second = try scratch.own()
        #expect(second.isHeld)
    }

    @Test(arguments: ["", "{", "[1,2]", String(repeating: "x", count: 9_000)])
    func `a lock without readable words still holds`(_ words: String) throws {
        let scratch = try Scratch()
        let first = try scratch.own()
        try words.write(toFile: scratch.path + "/ledger.lock", atomically: false, encoding: .utf8)
        let fault = #expect(throws: Fault.self) { try scratch.own() }
        #expect(fault?.description.contains("has not said who it is yet") == true)
        #expect(first.isHeld)
    }

    @Test func `an agent in another process is refused`() async throws {
        let scratch = try Scratch()
        let first = try scratch.own()
        let path = scratch.path
        await #expect(processExitsWith: .exitCode(7)) { [path = path as String] in
            do {
                _ = try LedgerOwnership.take(LedgerDirectory(path), as: .test)
            } catch {
                exit((error as? Fault)?.kind == .refused ? 7 : 8)
            }
        }
        #expect(first.isHeld)
    }

    @Test func `after kill -9 the lock is free and every acknowledged fact is there`() async throws {
        let scratch = try Scratch()
        let path = scratch.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let ledger = try SQLiteLedger.open(LedgerOwnership.take(LedgerDirectory(path), as: .test))
            for number in 0..<7 { _ = try await ledger.append(.test(number)) }
            kill(getpid(), SIGKILL)
        }
        let ledger = try scratch.open()
        #expect(try await ledger.head().sequence == 7)
        #expect(try await ledger.reader.verify().holds)
        #expect(try await ledger.append(.test(7)).sequence == 8)
        try ledger.close()
    }
}
