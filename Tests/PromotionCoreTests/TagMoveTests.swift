import Fixtures
import PromotionCore
import Testing

/// Version tags that CI pushed again.
@Suite struct TagMoveTests {
    private static let (old, new) = (PlanTests.fresh, Fixtures.release("A again", tag: "v2.31.0-rc.2"))
    private static let testing = Place(Fixtures.payments, Fixtures.testing)

    private func move(_ from: Release, _ to: Release, at time: Timestamp) throws -> TagMove {
        TagMove(tag: try #require(from.tag), from: from.digest, to: to.digest, at: time)
    }

    private func note(_ answer: PlanAnswer) -> String? {
        answer.conditions.lazy.compactMap { if case .noted(let words) = $0.state { words.text } else { nil } }.first
    }

    @Test func `the plan of what a tag named before says so, and is not named by it`() throws {
        var world = try PlanTests.World()
        #expect(note(world.plan()) == nil)
        let move = try move(Self.old, Self.new, at: world.chronicle.now)
        try world.chronicle.record(.tagMoved(move), at: Self.testing)
        world.lookup = .found(Release(digests: Self.old.digests, tag: nil, revision: nil))
        let answer = world.plan()
        #expect(note(answer)?.contains("v2.31.0-rc.2 named \(Self.old.digest.short()) until") == true)
        #expect(answer.plan?.finalTag == nil && answer.plan?.release.tag == nil)
    }

    @Test func `evidence and soak of the old image do not count for the new`() throws {
        var world = try PlanTests.World()
        world.service = Fixtures.service(soak: .minutes(10))
        try world.chronicle.record(.tagMoved(try move(Self.old, Self.new, at: world.chronicle.now)), at: Self.testing)
        world.lookup = .found(Self.new)
        let answer = world.plan(Self.new.digest)
        #expect(Set(answer.objections.map(\.kind)) == [.noEvidence, .soaking])
        #expect(note(answer)?.contains("nothing of \(Self.old.digest.short()) counts for it") == true)
    }

    @Test func `a tag that comes back is not lost any more`() throws {
        var world = try PlanTests.World()
        try world.chronicle.record(.tagMoved(try move(Self.old, Self.new, at: world.chronicle.now)), at: Self.testing)
        try world.chronicle.record(.tagMoved(try move(Self.new, Self.old, at: world.chronicle.now)), at: Self.testing)
        let service = try #require(world.chronicle.projection.services[Fixtures.payments])
        #expect(service.lostTag(of: Self.old.digests) == nil && service.lostTag(of: Self.new.digests) != nil)
        #expect(service.history.last?.what == "tag moved")
    }

    @Test func `the newest candidates are looked at again, and what names the digest`() throws {
        let digest = Self.old.digest
        var tags = Dictionary(uniqueKeysWithValues: (1...30).compactMap { "v1.\($0).0-rc.1".asTag }.map { ($0, Self.new.digest) })
        for name in ["v0.9.0", "sha-0123abc", "prod"] { tags[try #require(name.asTag)] = digest }
        let listed = ListedTags(tags.mapValues(Optional.some), requests: 1)
        let looked = TagScheme.standard.toResolve(for: digest, among: listed).map(\.text)
        #expect(looked.count == 12 && looked.first == "v1.30.0-rc.1" && looked.suffix(2) == ["v0.9.0", "sha-0123abc"])
        #expect(!looked.contains("prod"), "a pointer says nothing about the image")
        #expect(TagScheme.standard.toResolve(after: Set(looked.compactMap(\.asTag)), among: listed).count == 20)
    }

    @Test func `a part of an image is never planned alone`() throws {
        var world = try PlanTests.World()
        let member = try #require(Self.old.digests.members.first)
        world.part = ImagePart(member.configuration, of: [Self.old])
        #expect(world.plan().objections.map(\.kind) == [.partOfImage])
        #expect(world.plan().waiting == nil, "nothing turns that")
    }
}
