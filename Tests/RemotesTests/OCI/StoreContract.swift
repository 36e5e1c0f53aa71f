import PromotionCore
import Remotes
import Testing

/// What every store of artifacts behind the port must do; one list for all adapters.
enum StoreContract: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case listsEveryTag, givesDocuments, nothingIsNil, givesBlobs, aLargeBlobIsRefused, manyTagsAtOnce
    case storesWhatComesBack, aReleaseTagIsPutOnce, aStaleFencePutsNothing
    case referrersAreFound, aReferrerThatIsNoneIsLeftOut, aDeletedReferrerIsNotListed
    case deletesADigestWithItsTags, deletesOneTagOrRefuses, aTagThatMovedIsNotDeleted, aStaleFenceDeletesNothing
    case whatIsGoneIsAbsent, aDeletedImageComesBack, capabilitiesAreTrue

    var testDescription: String { rawValue }

    func check(_ subject: some RegistryUnderTest) async throws {
        let world = try await RegistryContract.World(subject)
        switch self {
        case .listsEveryTag: try await world.listsEveryTag()
        case .givesDocuments: try await world.givesDocuments()
        case .nothingIsNil: try await world.nothingIsNil()
        case .givesBlobs: try await world.givesBlobs()
        case .aLargeBlobIsRefused: try await world.aLargeBlobIsRefused()
        case .manyTagsAtOnce: try await world.manyTagsAtOnce()
        case .storesWhatComesBack: try await world.storesWhatComesBack()
        case .aReleaseTagIsPutOnce: try await world.aReleaseTagIsPutOnce()
        case .aStaleFencePutsNothing: try await world.aStaleFencePutsNothing()
        case .referrersAreFound: try await world.referrersAreFound()
        case .aReferrerThatIsNoneIsLeftOut: try await world.aReferrerThatIsNoneIsLeftOut()
        case .aDeletedReferrerIsNotListed: try await world.aDeletedReferrerIsNotListed()
        case .deletesADigestWithItsTags: try await world.deletesADigestWithItsTags()
        case .deletesOneTagOrRefuses: try await world.deletesOneTagOrRefuses()
        case .aTagThatMovedIsNotDeleted: try await world.aTagThatMovedIsNotDeleted()
        case .aStaleFenceDeletesNothing: try await world.aStaleFenceDeletesNothing()
        case .whatIsGoneIsAbsent: try await world.whatIsGoneIsAbsent()
        case .aDeletedImageComesBack: try await world.aDeletedImageComesBack()
        case .capabilitiesAreTrue: try await world.capabilitiesAreTrue()
        }
    }
}

extension RegistryContract.World {
    private var first: Fence { Fence(1) }

    func listsEveryTag() async throws {
        let list = try await registry.tagList(in: name)
        #expect(list.tags.map(\.text) == ["prod", "sha-0123abc", "testing", "v1.0.0", "v1.0.0-rc.9", "v1.1.0-rc.1"])
        #expect(list.strangers.isEmpty)
    }

    func givesDocuments() async throws {
        let document = try #require(try await registry.document(index.top.digest, in: name))
        #expect(document.digest == index.top.digest)
        #expect(document.mediaType == .ociIndex)
        #expect(document.links?.children.count == 3)
        let child = try #require(document.links?.children.first)
        let manifest = try #require(try await registry.document(child.digest, in: name))
        #expect(manifest.links?.configuration?.mediaType == .ociConfiguration)
    }

    func nothingIsNil() async throws {
        let nowhere = Digest(of: "nowhere".utf8)
        #expect(try await registry.document(nowhere, in: name) == nil)
        #expect(try await registry.blob(nowhere, limit: 100, in: name) == nil)
        #expect(try await registry.referrers(to: nowhere, in: name).isEmpty)
    }

    func givesBlobs() async throws {
        let digest = Digest(of: old.blobs[0])
        #expect(try await registry.blob(digest, limit: old.blobs[0].count, in: name) == old.blobs[0])
    }

    func aLargeBlobIsRefused() async throws {
        let refusal = try await fault(of: {
            _ = try await registry.blob(Digest(of: old.blobs[0]), limit: old.blobs[0].count - 1, in: name)
        })
        #expect(refusal.kind == .refused)
        #expect(refusal.reason.text.contains("\(old.blobs[0].count - 1)"))
    }

    func manyTagsAtOnce() async throws {
        let tags = try await registry.tagList(in: name).tags
        let found = try await registry.digests(of: tags + [Tag("nothing")], in: name)
        #expect(Set(found.keys) == Set(try await registry.tags(in: name).named.keys))
        #expect(try await registry.digests(of: [], in: name).isEmpty)
    }

    /// A small artifact about an image: empty configuration, one layer.
    func paper(about subject: Descriptor?, saying text: String) -> (document: StoredDocument, blobs: [[UInt8]]) {
        let layer = SampleImage.describe(text, as: MediaType("text/plain"))
        let empty = SampleImage.describe("{}", as: .empty)
        let about = subject.map { #","subject":\#(SampleImage.entry($0))"# } ?? ""
        let manifest = #"""
            {"schemaVersion":2,"mediaType":"\#(MediaType.ociManifest.text)","artifactType":"application/vnd.test.paper","config":\#(SampleImage.entry(empty)),"layers":[\#(SampleImage.entry(layer))]\#(about),"annotations":{"saying":"\#(text)"}}
            """#
        return (StoredDocument(mediaType: .ociManifest, bytes: Array(manifest.utf8)), [Array("{}".utf8), Array(text.utf8)])
    }

    @discardableResult
    func put(_ paper: (document: StoredDocument, blobs: [[UInt8]]), as tag: Tag? = nil) async throws -> Digest {
        for blob in paper.blobs { try await registry.upload(blob, in: name) }
        try await registry.put(paper.document, as: tag, in: name, under: first)
        return paper.document.digest
    }

    func storesWhatComesBack() async throws {
        let tag = try Tag("paper")
        let paper = paper(about: nil, saying: "hello")
        try await put(paper, as: tag)
        let read = try #require(try await subject.open().document(paper.document.digest, in: name))
        #expect(read.bytes == paper.document.bytes)
        #expect(read.links?.artifactType == MediaType("application/vnd.test.paper"))
        #expect(try await names(tag) == paper.document.digest)
        let layer = try #require(read.links?.layers.first)
        #expect(try await registry.blob(layer.digest, limit: 100, in: name) == Array("hello".utf8))
    }

    func aReleaseTagIsPutOnce() async throws {
        let document = try #require(try await registry.document(new.top.digest, in: name))
        let final = try Tag("v1.0.0")
        let refusal = try await fault(of: { try await registry.put(document, as: final, in: name, under: first) })
        #expect(refusal.kind == .refused)
        #expect(try await names(final) == old.top.digest)
        try await registry.put(document, as: try Tag("v1.2.0"), in: name, under: first)
        #expect(try await names(try Tag("v1.2.0")) == new.top.digest)
    }

    func aStaleFencePutsNothing() async throws {
        let document = try #require(try await registry.document(new.top.digest, in: name))
        try await registry.put(document, as: prod, in: name, under: Fence(5))
        let back = try #require(try await registry.document(old.top.digest, in: name))
        let refusal = try await fault(of: { try await subject.open().put(back, as: prod, in: name, under: Fence(4)) })
        #expect(refusal.kind == .refused)
        #expect(try await names(prod) == new.top.digest)
    }

    func referrersAreFound() async throws {
        let one = try await put(paper(about: index.top, saying: "one"))
        let two = try await put(paper(about: index.top, saying: "two"))
        try await put(paper(about: old.top, saying: "other"))
        let found = try await subject.open().referrers(to: index.top.digest, in: name)
        #expect(Set(found.map(\.digest)) == [one, two])
        #expect(found.allSatisfy { $0.links?.annotations["saying"] != nil })
        try await put(paper(about: index.top, saying: "one"))
        #expect(try await subject.open().referrers(to: index.top.digest, in: name).count == 2, "the same again is harmless")
    }

    func aReferrerThatIsNoneIsLeftOut() async throws {
        let real = paper(about: index.top, saying: "real")
        try await put(real)
        let stranger = try #require(try await registry.document(new.top.digest, in: name))
        let lying = ReferrerIndex().adding(StoredDocument(mediaType: .ociManifest, bytes: real.document.bytes)).adding(stranger)
        try await registry.put(lying.stored, as: Tag(referrersOf: index.top.digest), in: name, under: first)
        #expect(try await subject.open().referrers(to: index.top.digest, in: name).map(\.digest) == [real.document.digest])
    }

    func aDeletedReferrerIsNotListed() async throws {
        let one = try await put(paper(about: index.top, saying: "one"))
        let two = try await put(paper(about: index.top, saying: "two"))
        guard try await registry.probeDeletion(in: name, under: first).digestDeletion == .yes else { return }
        #expect(try await registry.delete(one, in: name, under: first) == .deleted)
        #expect(try await subject.open().referrers(to: index.top.digest, in: name).map(\.digest) == [two])
        #expect(try await registry.delete(two, in: name, under: first) == .deleted)
        #expect(try await subject.open().referrers(to: index.top.digest, in: name).isEmpty)
    }

    func deletesADigestWithItsTags() async throws {
        guard try await registry.probeDeletion(in: name, under: first).digestDeletion == .yes else {
            let refusal = try await fault(of: { _ = try await registry.delete(old.top.digest, in: name, under: first) })
            #expect(refusal.kind == .refused)
            return #expect(try await names(prod) == old.top.digest)
        }
        #expect(try await registry.delete(old.top.digest, in: name, under: first) == .deleted)
        #expect(try await subject.open().document(old.top.digest, in: name) == nil)
        #expect(try await names(prod) == nil)
        #expect(try await names(try Tag("v1.0.0-rc.9")) == nil)
        #expect(try await names(try Tag("testing")) == index.top.digest)
        #expect(try await registry.blob(Digest(of: old.blobs[0]), limit: 10_000, in: name) != nil, "blobs stay")
        #expect(try await registry.delete(old.top.digest, in: name, under: first) == .absent)
    }

    func deletesOneTagOrRefuses() async throws {
        let tag = try Tag("v1.0.0-rc.9")
        if try await registry.probeDeletion(in: name, under: first).tagDeletion == .yes {
            #expect(try await registry.delete(tag, naming: old.top.digest, in: name, under: first) == .deleted)
            #expect(try await names(tag) == nil)
        } else {
            let refusal = try await fault(of: {
                _ = try await registry.delete(tag, naming: old.top.digest, in: name, under: first)
            })
            #expect(refusal.kind == .refused)
            #expect(try await names(tag) == old.top.digest)
        }
        #expect(try await names(prod) == old.top.digest, "the digest and its other tags stay")
        #expect(try await registry.document(old.top.digest, in: name) != nil)
    }

    func aTagThatMovedIsNotDeleted() async throws {
        let outcome = try await registry.delete(prod, naming: new.top.digest, in: name, under: first)
        #expect(outcome == .conflict(observed: old.top.digest))
        #expect(try await registry.delete(try Tag("nothing"), naming: new.top.digest, in: name, under: first) == .absent)
        #expect(try await names(prod) == old.top.digest)
    }

    func aStaleFenceDeletesNothing() async throws {
        _ = try await registry.delete(try Tag("nothing"), naming: new.top.digest, in: name, under: Fence(9))
        let refusal = try await fault(of: { _ = try await subject.open().delete(new.top.digest, in: name, under: Fence(8)) })
        #expect(refusal.kind == .refused)
        #expect(refusal.reason.text.contains("8") && refusal.reason.text.contains("9"))
        #expect(try await registry.document(new.top.digest, in: name) != nil)
    }

    func whatIsGoneIsAbsent() async throws {
        guard try await registry.probeDeletion(in: name, under: first).digestDeletion == .yes else { return }
        #expect(try await registry.release(index.top.digest, in: name) != nil)
        #expect(try await registry.delete(index.top.digest, in: name, under: first) == .deleted)
        #expect(try await registry.release(index.top.digest, in: name) == nil, "what was read before is not believed")
        #expect(try await registry.tags(in: name).named[try Tag("testing")] == nil)
    }

    func aDeletedImageComesBack() async throws {
        guard try await registry.probeDeletion(in: name, under: first).digestDeletion == .yes else { return }
        let saved = try #require(try await registry.document(new.top.digest, in: name))
        #expect(try await registry.delete(new.top.digest, in: name, under: first) == .deleted)
        let tag = try Tag("sha-0123abc")
        try await registry.put(saved, as: tag, in: name, under: first)
        let reopened = subject.open()
        #expect(try await reopened.resolve(tag, in: name) == new.top.digest)
        #expect(try await reopened.release(new.top.digest, in: name)?.tag == tag)
    }

    func capabilitiesAreTrue() async throws {
        let before = try await subject.open().capabilities(in: name)
        let after = try await registry.probeDeletion(in: name, under: first)
        #expect(after.tagDeletion != .unknown && after.digestDeletion != .unknown)
        #expect(before.referrersAPI == after.referrersAPI)
        #expect(try await registry.capabilities(in: name) == after, "what was learnt is kept")
        #expect(try await registry.tagList(in: name).tags.count == 6, "finding out changes nothing")
    }
}
