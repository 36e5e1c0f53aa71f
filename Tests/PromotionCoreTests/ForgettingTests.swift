import Fixtures
import PromotionCore
import Testing

/// What is in force is not dropped because more came after it.
@Suite struct `Nothing in force is forgotten` {
    private static let place = Place(Fixtures.payments, Fixtures.prod)
    private static func digest(_ number: Int) -> Digest { Digest(of: "image \(number)".utf8) }

    @Test func `vetoes by hand stand, however many there are, and beyond the bound no more are taken`() throws {
        var chronicle = Chronicle()
        for number in 0..<150 {
            try chronicle.record(.policy(.vetoed(digest: Self.digest(number), reason: "a reason")), at: Self.place)
        }
        let projection = chronicle.projection
        let vetoes = try #require(projection.services[Fixtures.payments]?.environments[Fixtures.prod]?.vetoes)
        #expect(vetoes.count == 150 && vetoes.first?.digest == Self.digest(0))
        let objection = PolicyFact.vetoed(digest: Self.digest(151), reason: "a reason that says enough").objection(
            at: Self.place, reason: "a reason that says enough", in: projection, services: [Fixtures.service()],
            now: Fixtures.start)
        #expect(objection?.reason.text.contains("100 vetoes set by hand") == true)
    }

    private static func evidence(_ number: Int, by source: Evidence.Source, passed: Int = 4) -> Fact {
        .evidence(
            Evidence(
                digest: digest(number), environment: Fixtures.staging, source: source, at: Fixtures.start, passed: passed,
                total: 4,
                note: nil))
    }
    private static let ci = Account(name: "ci", proof: .socket(userID: 2_000), host: "h")
    private static let staging = Place(Fixtures.payments, Fixtures.staging)

    private static func speaks(_ number: Int, _ chronicle: Chronicle) -> [Evidence.Source] {
        let images = DigestSet(top: digest(number), members: [])
        return (chronicle.projection.services[Fixtures.payments]?.evidence(for: images, in: Fixtures.staging) ?? []).map(\.source)
    }

    @Test func `evidence of Baton's own checks stands, whatever ci records`() throws {
        var chronicle = Chronicle()
        try chronicle.record(Self.evidence(0, by: .baton(PromotionNumber(1))), at: Self.staging)
        for number in 1...2_000 { try chronicle.record(Self.evidence(number % 700, by: .ci(Self.ci)), at: Self.staging) }
        #expect(Self.speaks(0, chronicle).contains(.baton(PromotionNumber(1))))
        let all = try #require(chronicle.projection.services[Fixtures.payments]).evidence
        #expect(all.count <= 500)
    }

    @Test
    func `a later failure takes back what came before it, whoever said so, and a pass of another source does not undo that`()
        throws
    {
        var chronicle = Chronicle()
        try chronicle.record(Self.evidence(0, by: .ci(Self.ci)), at: Self.staging)
        try chronicle.record(Self.evidence(0, by: .baton(PromotionNumber(1)), passed: 3), at: Self.staging)
        #expect(Self.speaks(0, chronicle).isEmpty)
        try chronicle.record(Self.evidence(0, by: .baton(PromotionNumber(2))), at: Self.staging)
        #expect(Self.speaks(0, chronicle) == [.baton(PromotionNumber(2))], "what ci said lies before the failure")
    }
}
