import Fixtures
import PromotionCore
import Testing

/// What was found of one image, and what of another that merely lists it.
@Suite struct `What speaks for an image` {
    private static let tested = Digest(of: "tested".utf8)
    private static let evil = Digest(of: "evil".utf8)
    private static let index = Digest(of: "index".utf8)

    private static func member(_ manifest: Digest, _ architecture: SafeText) -> DigestSet.Member {
        .init(
            platform: Platform(system: "linux", architecture: architecture), manifest: manifest,
            configuration: Digest(of: "configuration of \(manifest)".utf8))
    }

    private static let alone = DigestSet(top: tested, members: [member(tested, "s390x")])
    private static let wrapped = DigestSet(top: index, members: [member(tested, "s390x")])
    private static let mixed = DigestSet(top: index, members: [member(evil, "amd64"), member(tested, "s390x")])

    private static func evidence(of digest: Digest, passed: Int) -> Evidence {
        Evidence(
            digest: digest, environment: Fixtures.staging, source: .ci(Fixtures.alice),
            at: Timestamp(millisecondsSinceEpoch: 1_000), passed: passed, total: 2, note: nil)
    }

    @Test func `evidence for a part is none for an index that lists it beside something else`() {
        let ledger = ServiceProjection().counting([Self.evidence(of: Self.tested, passed: 2)])
        #expect(ledger.evidence(for: Self.alone, in: Fixtures.staging).count == 1)
        #expect(ledger.evidence(for: Self.wrapped, in: Fixtures.staging).count == 1)
        #expect(ledger.evidence(for: Self.mixed, in: Fixtures.staging).isEmpty)
    }

    @Test func `what speaks against a part speaks against the whole`() {
        let ledger = ServiceProjection().counting([
            Self.evidence(of: Self.index, passed: 2), Self.evidence(of: Self.tested, passed: 1),
        ])
        #expect(ledger.evidence(for: Self.mixed, in: Fixtures.staging).isEmpty)
    }

    @Test func `an index that merely lists what served is another image`() {
        #expect(Self.alone.isSameEverywhere(as: Self.wrapped) && Self.wrapped.isSameEverywhere(as: Self.alone))
        #expect(!Self.alone.isSameEverywhere(as: Self.mixed) && !Self.mixed.isSameEverywhere(as: Self.alone))
        #expect(Self.mixed.isSameImage(as: Self.alone), "what runs there is found by any of its digests")
    }
}
