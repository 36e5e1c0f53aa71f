import PromotionCore
import Remotes
import Testing

extension RegistryContract.World {
    func resolvesATag() async throws {
        #expect(try await registry.resolve(prod, in: name) == old.top.digest)
        #expect(try await registry.resolve(try Tag("testing"), in: name) == index.top.digest)
    }

    func tagsAreComplete() async throws {
        let tags = try await registry.tags(in: name)
        var asked: [Tag: Digest] = [:]
        for tag in tags.named.keys { asked[tag] = try await registry.resolve(tag, in: name) }
        let wanted = [
            "prod": old, "v1.0.0": old, "v1.0.0-rc.9": old, "sha-0123abc": new, "v1.1.0-rc.1": index, "testing": index,
        ]
        #expect(asked == Dictionary(uniqueKeysWithValues: try wanted.map { (try Tag($0), $1.top.digest) }))
        #expect(try await registry.tags(in: name).known == asked, "what was asked comes with the next list")
    }

    /// Another hand moves a version tag: who resolves it sees that at once, and from then on the list says the same.
    func aVersionTagThatMoved() async throws {
        let candidate = try Tag("v1.1.0-rc.1")
        #expect(try await registry.resolve(candidate, in: name) == index.top.digest)
        try await subject.push(new, tags: [candidate.text])
        #expect(try await registry.resolve(candidate, in: name) == new.top.digest)
        #expect(try await registry.tags(in: name).known[candidate] == new.top.digest)
        #expect(try await registry.release(new.top.digest, in: name)?.tag == candidate)
    }

    func aMissingTagIsNil() async throws {
        #expect(try await registry.resolve(try Tag("staging"), in: name) == nil)
    }

    func releaseOfAnIndex() async throws {
        _ = try await registry.resolve(try Tag("v1.1.0-rc.1"), in: name)
        let release = try #require(try await registry.release(index.top.digest, in: name))
        #expect(release.digests.top == index.top.digest)
        #expect(release.digests.members.map(\.platform?.description) == ["linux/amd64", "linux/arm64"])
        #expect(Set(release.digests.members.map(\.manifest)).count == 2)
        #expect(Set(release.digests.members.map(\.configuration)).count == 2)
        #expect(release.tag == (try Tag("v1.1.0-rc.1")))
        #expect(release.revision == "c0ffee")
    }

    func releaseOfAManifest() async throws {
        let release = try #require(try await registry.release(old.top.digest, in: name))
        #expect(release.digests.members.map(\.manifest) == [old.top.digest])
        #expect(release.digests.offers(Platform(system: "linux", architecture: "amd64")))
        #expect(!release.digests.offers(Platform(system: "linux", architecture: "arm64")))
        #expect(release.revision == "0ld")
    }

    func releaseOfNothing() async throws {
        #expect(try await registry.release(Digest(of: "nowhere".utf8), in: name) == nil)
    }

    func theMostTellingTag() async throws {
        for tag in ["v1.0.0", "v1.0.0-rc.9", "prod", "sha-0123abc"] { _ = try await registry.resolve(try Tag(tag), in: name) }
        #expect(try await registry.release(old.top.digest, in: name)?.tag == (try Tag("v1.0.0")))
        #expect(try await registry.release(new.top.digest, in: name)?.tag == (try Tag("sha-0123abc")))
    }

    func configurationByPlatform() async throws {
        let platform = Platform(system: "linux", architecture: "arm64")
        let configuration = try await registry.configuration(of: index.top.digest, for: platform, in: name)
        #expect(configuration.user == "app")
        #expect(configuration.environment == ["A=1"])
        #expect(configuration.labels["name"] == "index")
    }

    func configurationOfAPlatformThatIsNotOffered() async throws {
        let platform = Platform(system: "linux", architecture: "riscv64")
        let refusal = try await fault(of: {
            _ = try await registry.configuration(of: index.top.digest, for: platform, in: name)
        })
        #expect(refusal.kind == .refused)
        #expect(refusal.reason.text.contains("linux/riscv64"))
        let missing = try await fault(of: {
            _ = try await registry.configuration(of: Digest(of: "nowhere".utf8), for: platform, in: name)
        })
        #expect(missing.kind == .refused)
    }

    func anIncompleteImageIsNoRelease() async throws {
        let release = try #require(try await registry.release(index.top.digest, in: name))
        try await subject.erase(release.digests.members[1].configuration)
        let refusal = try await fault(of: { _ = try await subject.open().release(index.top.digest, in: name) })
        #expect(refusal.kind == .refused)
        #expect(refusal.reason.text.contains(release.digests.members[1].configuration.description))
    }

    func anotherRepositoryIsRefused() async throws {
        let other = try RepositoryName("shop/elsewhere")
        let refusal = try await fault(of: { _ = try await registry.tags(in: other) })
        #expect(refusal.kind == .refused)
    }
}
