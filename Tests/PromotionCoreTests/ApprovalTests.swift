import Fixtures
import PromotionCore
import Testing

@Suite struct ApprovalTests {
    static let plan = Digest(of: "plan".utf8)
    static let rule = ApprovalRule(number: 2, expires: .minutes(60))
    static let carol = Account(name: "carol", proof: .socket(userID: 1_006), host: "bastion-1")

    private func approval(
        _ account: Account = Fixtures.bob, _ role: Role = .approver, after: Milliseconds = .zero, plan: Digest = plan
    ) -> Approval {
        Approval(by: account, role: role, at: Fixtures.start + after, plan: plan)
    }

    private func standing(_ approvals: [Approval], after: Milliseconds = .minutes(1)) -> ApprovalStanding {
        Self.rule.standing(of: approvals, plan: Self.plan, startedBy: Fixtures.alice, at: Fixtures.start + after)
    }

    @Test func `two other people of the role make it`() {
        let standing = standing([approval(), approval(Self.carol, .admin)])
        #expect(standing.isMet && standing.missing == 0 && standing.summary == "2 of 2" && standing.voided.isEmpty)
    }

    @Test func `what does not count says why`() {
        let other = Digest(of: "another plan".utf8)
        let voids = standing([
            approval(Fixtures.alice), approval(Self.carol, .operator), approval(plan: other), approval(), approval(),
        ]).voided.map(\.void)
        #expect(voids == [.starter, .role(.operator), .planChanged(from: other), .twice])
        let late = standing([approval()], after: .minutes(60))
        #expect(late.counted.isEmpty && late.voided.map(\.void) == [.expired(at: Fixtures.start + .minutes(60))])
    }

    @Test func `rules that change are asked again of what was given before`() {
        let given = [approval(Self.carol, .operator), approval()]
        let before = ApprovalRule(number: 2, leastRole: .operator, expires: .minutes(60))
        #expect(before.standing(of: given, plan: Self.plan, startedBy: Fixtures.alice, at: Fixtures.start).isMet)
        #expect(!standing(given).isMet)
    }

    @Test(arguments: [
        (Account(name: "alice", proof: .gateway("ops", userID: 900), host: "bastion-2"), true),
        (Account(name: "alias", proof: .socket(userID: 1_004), host: "bastion-1"), true),
        (Account(name: "alias", proof: .socket(userID: 1_004), host: "bastion-2"), false),
        (Account(name: "ops", proof: .gateway("x", userID: 1_004), host: "bastion-1"), true),
        (Account(name: "bob", proof: .socket(userID: 1_005), host: "bastion-1"), false),
    ])
    func `one person is one person, by whatever way`(account: Account, isAlice: Bool) {
        #expect(account.isSamePerson(as: Fixtures.alice) == isAlice)
        #expect(Fixtures.alice.isSamePerson(as: account) == isAlice)
    }

    @Test func `two people behind one gateway are two, and the gateway itself may be either`() {
        let proof = Account.Proof.gateway("ops", userID: 900)
        let (dora, eve) = (Account(name: "dora", proof: proof, host: "b"), Account(name: "eve", proof: proof, host: "b"))
        #expect(!dora.isSamePerson(as: eve))
        #expect(Account(name: "ops", proof: .socket(userID: 900), host: "b").isSamePerson(as: dora))
    }
}
