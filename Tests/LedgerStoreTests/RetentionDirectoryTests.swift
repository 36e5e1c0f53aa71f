internal import Foundation
internal import Glibc
internal import LedgerStore
internal import PromotionCore
internal import Testing

/// Files of retention in a real directory: whole or not there, for one account alone, and dated by what the ledger's clock says.
@Suite struct RetentionDirectoryTests {
    private let scratch: Scratch
    private let files: RetentionDirectory
    private let repository: RepositoryName
    private static let digest = Digest(of: "one".utf8)
    private var tombstone: RetentionFile { .tombstone(repository, Self.digest) }

    init() throws {
        scratch = try Scratch()
        repository = try RepositoryName("shop/payments")
        files = RetentionDirectory(scratch.path + "/retention")
    }

    private func path(_ file: RetentionFile) -> String { scratch.path + "/retention/" + file.path }

    @Test func `what is kept is read back, and the last one counts`() async throws {
        #expect(try await files.read(tombstone) == nil)
        try await files.keep(Array("first".utf8), as: tombstone)
        try await files.keep(Array("second".utf8), as: tombstone)
        #expect(try await files.read(tombstone) == Array("second".utf8))
        let other = RetentionFile.tombstone(try RepositoryName("shop/checkout"), Self.digest)
        #expect(try await files.read(other) == nil, "another repository has tombstones of its own")
    }

    @Test func `files and directories are for this account alone`() async throws {
        try await files.keep([1], as: tombstone)
        try await files.keep([2], as: .sightings(Self.digest))
        for file in [tombstone, .sightings(Self.digest)] {
            let whole = path(file)
            #expect(try mode(of: whole) == 0o600)
            #expect(try mode(of: (whole as NSString).deletingLastPathComponent) == 0o700)
        }
    }

    private func mode(of path: String) throws -> mode_t {
        var status = stat()
        try #require(lstat(path, &status) == 0)
        return status.st_mode & 0o777
    }

    @Test func `a removed file is gone, and removing it again is no error`() async throws {
        try await files.keep([1], as: tombstone)
        try await files.remove(tombstone)
        try await files.remove(tombstone)
        try await files.remove(.sightings(Self.digest))
        #expect(try await files.read(tombstone) == nil)
        #expect(try await files.tombstones(of: repository) == [:])
    }

    @Test func `tombstones are listed with the time that was noted last`() async throws {
        #expect(try await files.tombstones(of: repository) == [:])
        let other = Digest(of: "two".utf8)
        try await files.keep([1], as: tombstone)
        try await files.keep([2], as: .tombstone(repository, other))
        let time = Timestamp(millisecondsSinceEpoch: 1_787_580_131_042)
        try await files.date(tombstone, time)
        let found = try await files.tombstones(of: repository)
        #expect(Set(found.keys) == [Self.digest, other])
        #expect(found[Self.digest] == time)
        #expect(found[other].map { $0 != time } == true)
    }

    @Test func `the rest of a write that was cut is no tombstone, and stands in nobody's way`() async throws {
        try await files.keep([1], as: tombstone)
        let half = path(tombstone).replacing(Self.digest.hex, with: ".baton-new-\(Self.digest.hex)")
        try Data([9]).write(to: URL(fileURLWithPath: half))
        #expect(try await files.tombstones(of: repository).count == 1)
        try await files.keep([2, 3], as: tombstone)
        #expect(try await files.read(tombstone) == [2, 3])
        #expect(!FileManager.default.fileExists(atPath: half))
    }

    @Test func `a link in the place of a file is not followed`() async throws {
        try await files.keep([1], as: tombstone)
        let secret = scratch.path + "/secret"
        try Data("secret".utf8).write(to: URL(fileURLWithPath: secret))
        let whole = path(tombstone)
        try #require(unlink(whole) == 0 && symlink(secret, whole) == 0)
        await #expect(throws: Fault.self) { try await files.read(tombstone) }
        try await files.keep([7], as: tombstone)
        #expect(try Data(contentsOf: URL(fileURLWithPath: secret)) == Data("secret".utf8))
        #expect(try await files.read(tombstone) == [7])
    }

    @Test func `a directory that cannot be made is said, not passed over`() async throws {
        try Data().write(to: URL(fileURLWithPath: scratch.path + "/retention"))
        await #expect(throws: Fault.self) { try await files.keep([1], as: tombstone) }
    }
}
