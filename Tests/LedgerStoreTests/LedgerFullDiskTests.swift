internal import Foundation
internal import Glibc
internal import LedgerStore
internal import PromotionCore
internal import Testing

@Suite(.serialized) struct LedgerFullDiskTests {
    private func large(_ number: Int) -> LedgerDraft {
        let draft = LedgerDraft.test(number)
        return LedgerDraft(
            at: draft.at, place: draft.place, promotion: draft.promotion, actor: draft.actor, fence: draft.fence,
            kind: draft.kind, payload: Array(repeating: UInt8(truncatingIfNeeded: number), count: 20_000))
    }

    @Test(.enabled(if: geteuid() == 0, "mounting a small disk needs root"))
    func `a full disk is named, nothing is recorded, and freed space is enough to go on`() async throws {
        let scratch = try Scratch()
        try #require(mount("tmpfs", scratch.path, "tmpfs", 0, "size=2m,mode=0700") == 0)
        defer { umount2(scratch.path, Int32(MNT_DETACH)) }
        let ballast = scratch.path + "/ballast"
        try Data(count: 600_000).write(to: URL(fileURLWithPath: ballast))
        let ledger = try scratch.open()
        var appended = 0
        let fault = await #expect(throws: Fault.self) {
            while appended < 1_000 {
                _ = try await ledger.append(large(appended))
                appended += 1
            }
        }
        #expect(fault?.kind == .broke)
        let entry = large(appended).kind
        #expect(
            fault?.description
                == """
                the ledger's disk is full: the entry \(entry) failed, nothing was recorded; free space at \(scratch.path)
                """)
        #expect(appended > 10)
        #expect(try await ledger.head().sequence == Int64(appended))
        try FileManager.default.removeItem(atPath: ballast)
        #expect(try await ledger.append(large(appended)).sequence == Int64(appended) + 1)
        #expect(try await ledger.reader.verify().holds)
        try ledger.close()
        #expect(try await scratch.proof().entries == Int64(appended) + 1)
    }

    @Test(.enabled(if: geteuid() == 0, "mounting a small disk needs root"))
    func `a disk with no room for a new ledger leaves nothing that is taken for one`() async throws {
        let scratch = try Scratch()
        try #require(mount("tmpfs", scratch.path, "tmpfs", 0, "size=16k,mode=0700") == 0)
        defer { umount2(scratch.path, Int32(MNT_DETACH)) }
        let fault = #expect(throws: Fault.self) { try scratch.open() }
        #expect(fault?.kind == .broke)
        #expect(fault?.description.contains("the ledger's disk is full") == true, "\(fault?.description ?? "")")
        #expect(!FileManager.default.fileExists(atPath: scratch.database))
        try #require(mount("tmpfs", scratch.path, "tmpfs", UInt(MS_REMOUNT), "size=4m") == 0)
        let ledger = try scratch.open()
        #expect(try await ledger.append(.test(0)).sequence == 1)
        try ledger.close()
    }

    /// A limit on the size of files makes the same write fail where no small disk can be mounted.
    @Test func `a disk that refuses to write is named and leaves the chain whole`() async throws {
        let scratch = try Scratch()
        let path = scratch.path
        await #expect(processExitsWith: .exitCode(0)) { [path = path as String] in
            signal(SIGXFSZ, SIG_IGN)
            let ledger = try SQLiteLedger.open(LedgerOwnership.take(LedgerDirectory(path), as: .test))
            for number in 0..<5 { _ = try await ledger.append(.test(number)) }
            var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
            setrlimit(__rlimit_resource_t(1), &limit)
            do {
                for number in 5..<1_000 { _ = try await ledger.append(.test(number)) }
                exit(2)
            } catch {
                guard let fault = error as? Fault, fault.kind == .broke, fault.description.contains("nothing was recorded") else {
                    exit(3)
                }
                let proof = try await ledger.reader.verify()
                exit(proof.holds && proof.entries > 5 ? 0 : 4)
            }
        }
        #expect(try await scratch.proof().holds)
    }

    @Test(.enabled(if: geteuid() == 0, "mounting a disk needs root"))
    func `a disk that became read-only is named`() async throws {
        let scratch = try Scratch()
        try #require(mount("tmpfs", scratch.path, "tmpfs", 0, "size=4m,mode=0700") == 0)
        defer { umount2(scratch.path, Int32(MNT_DETACH)) }
        try await scratch.fill(2)
        try #require(mount("tmpfs", scratch.path, "tmpfs", UInt(MS_REMOUNT | MS_RDONLY), "") == 0)
        let fault = #expect(throws: Fault.self) { try scratch.open() }
        #expect(fault?.description.contains("Read-only file system") == true, "\(fault?.description ?? "")")
    }
}
