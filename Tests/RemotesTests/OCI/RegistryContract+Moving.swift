import PromotionCore
import Remotes
import Testing

extension RegistryContract.World {
    private func move(
        _ tag: Tag, from expected: Digest?, to digest: Digest, fence: Int64 = 1
    ) async throws -> PointerMove {
        try await subject.open().move(tag, in: name, from: expected, to: digest, under: Fence(fence))
    }

    func movesAndReadsBack() async throws {
        #expect(try await move(prod, from: old.top.digest, to: index.top.digest) == .moved)
        #expect(try await names(prod) == index.top.digest)
        #expect(try await registry.release(index.top.digest, in: name) != nil)
        #expect(try await move(prod, from: index.top.digest, to: old.top.digest, fence: 2) == .moved)
        #expect(try await names(prod) == old.top.digest)
    }

    func createsATag() async throws {
        let staging = try Tag("staging")
        #expect(try await move(staging, from: nil, to: new.top.digest) == .moved)
        #expect(try await names(staging) == new.top.digest)
    }

    func movingAgainIsHarmless() async throws {
        #expect(try await move(prod, from: old.top.digest, to: new.top.digest) == .moved)
        #expect(try await move(prod, from: old.top.digest, to: new.top.digest) == .moved)
        #expect(try await names(prod) == new.top.digest)
    }

    func aConflictChangesNothing() async throws {
        let outcome = try await move(prod, from: new.top.digest, to: index.top.digest)
        #expect(outcome == .conflict(observed: old.top.digest))
        #expect(try await names(prod) == old.top.digest)
    }

    func anExistingTagIsNotCreated() async throws {
        #expect(try await move(prod, from: nil, to: new.top.digest) == .conflict(observed: old.top.digest))
        #expect(try await names(prod) == old.top.digest)
    }

    func anAbsentTagIsNotMoved() async throws {
        let staging = try Tag("staging")
        #expect(try await move(staging, from: old.top.digest, to: new.top.digest) == .conflict(observed: nil))
        #expect(try await names(staging) == nil)
    }

    func aStaleFenceIsRefusedAfterARestart() async throws {
        #expect(try await move(prod, from: old.top.digest, to: new.top.digest, fence: 7) == .moved)
        let refusal = try await fault(of: { _ = try await move(prod, from: new.top.digest, to: old.top.digest, fence: 6) })
        #expect(refusal.kind == .refused)
        #expect(refusal.reason.text.contains("6") && refusal.reason.text.contains("7"))
        #expect(try await names(prod) == new.top.digest)
        #expect(try await move(prod, from: new.top.digest, to: old.top.digest, fence: 7) == .moved)
    }

    func fencesAreKeptByTag() async throws {
        #expect(try await move(prod, from: old.top.digest, to: new.top.digest, fence: 7) == .moved)
        #expect(try await move(try Tag("testing"), from: index.top.digest, to: new.top.digest, fence: 2) == .moved)
        let conflict = try await move(try Tag("testing"), from: nil, to: old.top.digest, fence: 9)
        #expect(conflict == .conflict(observed: new.top.digest))
        let refusal = try await fault(of: {
            _ = try await move(try Tag("testing"), from: new.top.digest, to: old.top.digest, fence: 8)
        })
        #expect(refusal.kind == .refused, "a fence that was seen counts, whatever came of its move")
    }

    func aReleaseTagIsOnlyCreated() async throws {
        let (final, next) = (try Tag("v1.0.0"), try Tag("v1.1.0"))
        #expect(try await move(next, from: nil, to: index.top.digest) == .moved)
        #expect(try await move(next, from: nil, to: index.top.digest, fence: 2) == .moved)
        #expect(try await move(final, from: nil, to: new.top.digest) == .conflict(observed: old.top.digest))
        let refusal = try await fault(of: { _ = try await move(final, from: old.top.digest, to: new.top.digest) })
        #expect(refusal.kind == .refused)
        #expect(try await names(final) == old.top.digest)
    }

    func aMissingImageIsNotTagged() async throws {
        let refusal = try await fault(of: { _ = try await move(prod, from: old.top.digest, to: Digest(of: "nowhere".utf8)) })
        #expect(refusal.kind == .refused)
        #expect(try await names(prod) == old.top.digest)
    }

    func anIncompleteImageIsNotTagged() async throws {
        let member = try #require(try await registry.release(index.top.digest, in: name)?.digests.members.last)
        try await subject.erase(member.manifest)
        let refusal = try await fault(of: { _ = try await move(prod, from: old.top.digest, to: index.top.digest) })
        #expect(refusal.kind == .refused)
        #expect(refusal.reason.text.contains(member.manifest.description))
        #expect(try await names(prod) == old.top.digest)
    }

    func otherTagsStay() async throws {
        func named() async throws -> [Tag: Digest] {
            var named: [Tag: Digest] = [:]
            for tag in try await registry.tags(in: name).named.keys { named[tag] = try await registry.resolve(tag, in: name) }
            return named
        }
        var tags = try await named()
        #expect(try await move(prod, from: old.top.digest, to: new.top.digest) == .moved)
        tags[prod] = new.top.digest
        #expect(try await named() == tags)
    }
}
