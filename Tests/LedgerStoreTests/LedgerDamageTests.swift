internal import Fixtures
internal import Foundation
internal import GRDB
internal import Glibc
internal import LedgerStore
internal import PromotionCore
internal import Testing

@Suite struct LedgerDamageTests {
    private enum Damage: String, CaseIterable {
        case halved, lastPageCut, cutInsideAPage, emptied, notADatabase, otherApplication, newerVersion, removed
        case brokenPages, tailCut, lastEntryAltered
    }

    private func apply(_ damage: Damage, to scratch: Scratch) throws {
        switch damage {
        case .halved: try scratch.rewrite { $0 = $0.prefix(($0.count / 8_192) * 4_096) }
        case .lastPageCut: try scratch.rewrite { $0 = $0.dropLast(4_096) }
        case .cutInsideAPage: try scratch.rewrite { $0 = $0.dropLast(100) }
        case .emptied: try scratch.rewrite { $0 = Data() }
        case .notADatabase: try scratch.rewrite { $0 = Data(repeating: 0x41, count: $0.count) }
        case .otherApplication: try scratch.tamper("PRAGMA application_id = 7")
        case .newerVersion: try scratch.tamper("PRAGMA user_version = 9")
        case .removed:
            try FileManager.default.removeItem(atPath: scratch.database)
            try Data([1]).write(to: URL(fileURLWithPath: scratch.database + "-wal"))
        case .brokenPages:
            try scratch.rewrite { bytes in
                for index in bytes.indices.dropFirst(4_096) { bytes[index] = 0xA5 }
            }
        case .tailCut: try scratch.tamper("DELETE FROM entry WHERE sequence > 50")
        case .lastEntryAltered: try scratch.tamper("UPDATE entry SET actor = 'mallory' WHERE sequence = 100")
        }
    }

    private func words(_ damage: Damage) -> String {
        switch damage {
        case .halved, .lastPageCut: "it is cut:"
        case .cutInsideAPage: "it ends in the middle of a page"
        case .emptied: "it is empty"
        case .notADatabase: "it is no SQLite database"
        case .otherApplication: "it is the database of something else"
        case .newerVersion: "was written by a newer version of baton (format 9, this one knows 3)"
        case .removed: "it is gone, but its write-ahead log is still there"
        case .brokenPages: "malformed"
        case .tailCut: "the tail is cut: the last entry is 50, the store remembers 100"
        case .lastEntryAltered: "entry 100 was altered"
        }
    }

    @Test(arguments: Damage.allCases)
    private func `a damaged ledger is refused with its path and what to do, and is left as it is`(
        _ damage: Damage
    ) async throws {
        let scratch = try Scratch()
        try await scratch.fill(100)
        try apply(damage, to: scratch)
        let before = try? Data(contentsOf: URL(fileURLWithPath: scratch.database))
        let fault = #expect(throws: Fault.self) { try scratch.open() }
        let text = fault?.description ?? ""
        #expect(fault?.kind == .refused)
        #expect(text.contains(words(damage)), "\(text)")
        #expect(text.contains(scratch.database))
        if damage != .newerVersion { #expect(text.contains("keep the file as it is")) }
        #expect(before == (try? Data(contentsOf: URL(fileURLWithPath: scratch.database))))
    }

    @Test func `a ledger of the format before is read as it is, and says once it is written that a newer version writes it`()
        async throws
    {
        let scratch = try Scratch()
        try await scratch.fill(100)
        let queue = try DatabaseQueue(path: scratch.database)
        try await queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 1") }
        try queue.close()
        #expect(try await scratch.proof().holds)
        #expect(try scratch.format() == 1)
        try scratch.open().close()
        #expect(try scratch.format() == 3)
        #expect(try await scratch.proof().holds)
    }

    @Test(arguments: [
        Damage.halved, .lastPageCut, .cutInsideAPage, .emptied, .notADatabase, .otherApplication, .newerVersion, .brokenPages,
    ])
    private func `proving a damaged file says so instead of giving a verdict`(_ damage: Damage) async throws {
        let scratch = try Scratch()
        try await scratch.fill(100)
        try apply(damage, to: scratch)
        let fault = await #expect(throws: Fault.self) { _ = try await scratch.proof() }
        #expect(fault?.kind == .refused)
        #expect(fault?.description.contains(words(damage)) == true, "\(fault?.description ?? "")")
    }

    /// Whatever one byte becomes, opening and proving end in a value or a fault, and no entry is believed that was not written.
    @Test func `a file with random bytes changed never traps and never lies`() async throws {
        let scratch = try Scratch()
        let written = try await scratch.fill(40)
        let url = URL(fileURLWithPath: scratch.database)
        let whole = try Data(contentsOf: url)
        var random = SeededRandom(seed: 42)
        for _ in 0..<300 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            try bytes.write(to: url)
            guard let reader = try? LedgerReader.open(scratch.directory), let proof = try? await reader.verify(), proof.holds,
                let entries = try? await reader.entries(after: 0, limit: 100)
            else { continue }
            #expect(entries == written)
        }
    }

    @Test func `a directory that others may write in is refused`() throws {
        let scratch = try Scratch()
        chmod(scratch.path, 0o777)
        let fault = #expect(throws: Fault.self) { try scratch.open() }
        #expect(fault?.description == "other accounts may write in the ledger's directory \(scratch.path): chmod go-w it")
    }

    @Test func `directory and files are for the owner alone`() async throws {
        let scratch = try Scratch()
        let inner = LedgerDirectory(scratch.path + "/a/b")
        let ledger = try SQLiteLedger.open(LedgerOwnership.take(inner, as: .test))
        _ = try await ledger.append(.test(0))
        func mode(_ path: String) throws -> Int {
            try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
        }
        #expect(try mode(inner.path) == 0o700)
        for file in ["ledger.sqlite", "ledger.sqlite-wal", "ledger.lock"] {
            #expect(try mode(inner.path + "/" + file) == 0o600, "\(file)")
        }
        try ledger.close()
    }
}
