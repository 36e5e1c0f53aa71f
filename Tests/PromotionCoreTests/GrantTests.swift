import Fixtures
import PromotionCore
import Testing

@Suite struct GrantTests {
    static let place = Place(Fixtures.payments, Fixtures.prod)
    static let digest = Digest(of: "image".utf8)
    static let number = PromotionNumber(1)

    /// Every request and the least role that may ask it.
    static let requests: [(OperatorRequest, Role)] = [
        (.view(.board), .viewer), (.addEvidence(place, digest: digest, passed: 1, total: 1, note: nil), .ci),
        (.promote(PromotionRequest(place: place, digest: digest), planHash: digest), .operator),
        (.abort(number, reason: "no"), .operator), (.liftVeto(place, digest: digest, reason: "it was the probe"), .approver),
        (.policy(.approve(number, planHash: digest)), .operator), (.policy(.reject(number, reason: "not today")), .operator),
        (.policy(.veto(place, digest: digest, reason: "r")), .operator),
        (.policy(.pin(place, digest: nil, reason: "r")), .operator),
        (.policy(.unpin(place, reason: "r")), .approver),
        (.policy(.freeze(FreezeScope(), until: Fixtures.start, reason: "r")), .operator),
        (.policy(.unfreeze(FreezeScope(), reason: "r")), .approver),
        (
            .policy(.override(place, .init(gate: .soak, digest: digest, owner: "o", reason: "r", expires: Fixtures.start))),
            .approver
        ),
        (.policy(.closeOverride(7, reason: "r")), .approver),
    ]

    @Test(arguments: requests) func `each role may ask what it may and nothing more`(request: OperatorRequest, least: Role) {
        for role in Role.allCases {
            #expect((Grant(role).denial(of: request, to: Fixtures.alice) == nil) == (role >= least), "\(role)")
        }
    }

    @Test(arguments: requests) func `no request of a viewer's connection is one of these`(
        request: OperatorRequest, least: Role
    ) throws {
        let bytes = try CanonicalJSON.encode(Asked(id: 1, request: request))
        #expect(throws: DecodingError.self) { try CanonicalJSON.decode(Asked<ViewerRequest>.self, from: bytes) }
    }

    @Test func `a role holds where it was given`() {
        let grant = Grant(.viewer, environments: [Fixtures.testing: .operator, Fixtures.prod: .approver])
        #expect(grant.highest == .approver && grant.role(in: Fixtures.staging) == .viewer)
        let toStaging = OperatorRequest.promote(
            PromotionRequest(place: Place(Fixtures.payments, Fixtures.staging), digest: nil), planHash: Self.digest)
        #expect(grant.denial(of: toStaging, to: Fixtures.alice) == "alice is viewer in staging; this needs operator")
        #expect(grant.denial(of: .abort(Self.number, reason: "no"), to: Fixtures.alice, at: Self.place) == nil)
        #expect(grant.role(over: [Fixtures.testing, Fixtures.prod]) == .operator)
    }

    @Test func `an account without a role may look, the agent's own everything`() {
        let roles = Roles(byAccount: ["alice": .operator])
        #expect(roles.grant(of: Fixtures.alice, isOwner: true) == Grant(.operator))
        #expect(roles.grant(of: Fixtures.bob, isOwner: false) == Grant(.viewer))
        #expect(roles.grant(of: Fixtures.bob, isOwner: true) == Grant(.admin))
    }
}
