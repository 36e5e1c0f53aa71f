import Fixtures
import PromotionCore
import Testing

/// Draws the machine from its own walks, so that the picture cannot say what the code does not do.
@Suite struct StateDiagramTests {
    /// Every change of state that some sequence of events leads to.
    static func edges(_ plan: PromotionPlan) throws -> Set<String> {
        var edges: Set<String> = []
        var seen: Set<ExhaustiveTests.Key> = []
        var queue = [Walk(plan).promotion]
        while let promotion = queue.popLast() {
            guard seen.insert(ExhaustiveTests.Key(promotion, nil)).inserted, !promotion.hasEnded else { continue }
            for event in ExhaustiveTests.events(promotion) {
                var next = promotion
                do { try next.apply(event, at: Fixtures.start) } catch { continue }
                if next.state.words != promotion.state.words {
                    edges.insert("    \(identifier(promotion.state)) --> \(identifier(next.state))")
                }
                queue.append(next)
            }
        }
        return edges
    }

    static func identifier(_ state: PromotionState) -> String {
        state.words.split { $0 == " " || $0 == "," }.enumerated().map { $0 == 0 ? String($1) : $1.prefix(1).uppercased() + $1.dropFirst() }.joined()
    }

    static func diagram() throws -> String {
        let plans = [
            ("Blue-green", try PromotionTests.plan(switching: .manual)), ("Replace", try PromotionTests.plan(at: Fixtures.staging)),
            ("Rollback", try PromotionTests.rollbackPlan()),
        ]
        var text = "# The promotion machine\n\nEvery edge below was walked by the tests; none is left out.\n"
        for (name, plan) in plans {
            let lines = try edges(plan).sorted().joined(separator: "\n")
            text += "\n## \(name)\n\n```mermaid\nstateDiagram-v2\n    [*] --> queued\n\(lines)\n```\n"
        }
        return text
    }

    @Test func `the published diagram is the machine`() throws {
        let text = try Self.diagram()
        #expect(try PublishedDocument("states.md").published(writing: text) == text, "make docs writes it anew")
    }
}
