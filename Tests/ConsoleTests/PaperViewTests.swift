import Console
import PromotionCore
import Testing

/// What speaks for a release, and what it changes, on screen.
struct PaperViewTests {
    @Test func `opening a release asks what speaks for it, once, and shows the answer where it belongs`() throws {
        var screen = try Screen(World.sample())
        try screen.press(.character("g"), .character("j"), .character("d"))
        #expect(screen.requests == [.view(.papers(service: World.payments, digest: World.a.digest))])
        #expect(screen.text().contains("asking the agent ..."))
        try screen.answer(.papers(World.papers()))
        let text = screen.text(120, 40)
        #expect(text.contains("signed         + release (") && text.contains("x attestation https://cyclonedx.org/bom: invalid"))
        #expect(text.contains("passport       + testing -> staging/main 2026-08-24 13:53"))
    }

    @Test func `an answer that comes too late says nothing about another release`() throws {
        var screen = try Screen(World.sample())
        try screen.press(.character("g"), .character("j"), .character("d"))
        let first = screen.lastID
        try screen.press(.escape, .character("j"), .character("d"))
        try screen.receive(.answer(id: first, .papers(World.papers())))
        #expect(screen.text(120, 40).contains("asking the agent ...") && !screen.text(120, 40).contains("f88be493"))
    }

    @Test(arguments: [
        Answer.broken("the registry does not answer"),
        .refused([Objection(.unknownPlace, "the registry does not answer", remedy: "start it")]),
    ])
    func `a registry that does not answer is said in the view, which stays`(answer: Answer) throws {
        var screen = try Screen(World.sample())
        try screen.press(.character("g"), .character("j"), .character("d"))
        try screen.answer(answer)
        #expect(
            screen.text().contains("the registry does not answer") && screen.text().contains("signed         ? ")
                && screen.text().contains("RELEASE"))
    }

    @Test func `D opens what a plan changes, and says why where it is not known`() throws {
        var world = try World.sample()
        var screen = try Screen(world)
        try screen.openPlan(&world, of: World.a, into: World.prod, change: World.change())
        screen.wait(400)
        #expect(screen.text().contains("CHANGE 2 labels, user, 2 variables") && !screen.text().contains("app -> 65532"))
        try screen.press(.character("D"))
        #expect(screen.text().contains("user: app -> 65532") && screen.text().contains("variable LOG changed"))
        try screen.press(.character("D"))
        #expect(!screen.text().contains("app -> 65532"))

        var other = try Screen(World.sample())
        var again = try World.sample()
        try other.openPlan(&again, of: World.a, into: World.prod)
        other.wait(400)
        try other.press(.character("D"))
        #expect(other.status.contains("not possible: nothing serves there yet, or the registry did not tell"))
    }
}
