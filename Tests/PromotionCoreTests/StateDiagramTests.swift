import Fixtures
import PromotionCore
import Testing

/// Draws the machine from its own walks, so that the picture cannot say what the code does not do.
@Suite struct StateDiagramTests {
    /// The state's name as a diagram can hold it: "verifyingIdle".
    static func identifier(_ words: String) -> String {
        words.split { $0 == " " || $0 == "," }.enumerated().map {
            $0 == 0 ? String($1) : $1.prefix(1).uppercased() + $1.dropFirst()
        }.joined()
    }

    static func diagram() throws -> String {
        let plans = [
            ("Blue-green", try PromotionTests.plan(switching: .manual)),
            ("Canary", try PromotionTests.plan(switching: .manual, strategy: .canary, retry: .minutes(2))),
            ("Replace", try PromotionTests.plan(at: Fixtures.staging)),
            ("Rollback", try PromotionTests.rollbackPlan()),
        ]
        var text = "# The promotion machine\n\nEvery edge below was walked by the tests; none is left out.\n"
        for (name, plan) in plans {
            let edges = Explorer.explore(plan).edges.map { "    \(identifier($0.from)) --> \(identifier($0.to))" }
            let lines = edges.sorted().joined(separator: "\n")
            text += "\n## \(name)\n\n```mermaid\nstateDiagram-v2\n    [*] --> planned\n    planned --> queued\n\(lines)\n```\n"
        }
        return text
    }

    @Test func `the published diagram is the machine`() throws {
        let text = try Self.diagram()
        #expect(try KeptText.document("states.md").kept(writing: text) == text, "make docs writes it anew")
    }
}
