import Fixtures
import PromotionCore
import PromotionRunner
import Simulation
import Testing

/// What a registry is asked while nothing has to be decided, and while something has.
@Suite struct RegistryRoundTests {
    private func operation(branches: Int, candidates: Int = 0) throws -> Operation {
        let operation = RunnerTests.tested()
        for number in 0..<candidates {
            operation.world.push(Fixtures.release("candidate \(number)", tag: "v2.\(40 + number).0-rc.1"))
        }
        operation.world.with { state in
            for number in 0..<branches {
                state.tags[Fixtures.repository, default: [:]]["feature-\(number)".asTag ?? .init(pointerOf: Fixtures.prod)] =
                    Operation.serving.digest
            }
        }
        return operation
    }

    /// The board as a command gets it.
    private static func answered(_ operation: Operation) throws -> Board {
        guard case .board(let board)? = operation.ask(.view(.board)) else { throw Fault(.broke, "there is no board") }
        return board
    }

    /// What is asked from now on.
    private func asked(_ operation: Operation, during time: Milliseconds) -> (lists: Int, tags: [PromotionCore.Tag: Int]) {
        operation.world.with { $0.asked = (0, [:]) }
        operation.pass(time)
        return operation.world.with { ($0.asked.lists, $0.asked.tags) }
    }

    @Test(arguments: [10, 400, 4_000]) func `an idle agent asks a dozen things a minute, however many branches there are`(
        _ branches: Int
    ) throws {
        let operation = try operation(branches: branches, candidates: 15)
        operation.pass(.minutes(5))
        let (lists, tags) = asked(operation, during: .minutes(20))
        #expect((15...20).contains(lists))
        #expect(tags.keys.allSatisfy { !$0.text.hasPrefix("feature") }, "nobody decides anything about a branch")
        let candidates = tags.filter { TagScheme.standard.tagClass(of: $0.key).version != nil }
        #expect(candidates.values.reduce(0, +) <= 20, "one per minute")
        #expect(candidates.count == 10 && candidates.values.allSatisfy { $0 <= 3 }, "in turn: \(candidates)")
        let pointers = tags.filter { TagScheme.standard.tagClass(of: $0.key).version == nil }
        #expect(pointers.count == 5 && pointers.values.allSatisfy { (15...21).contains($0) }, "\(pointers)")
    }

    @Test func `while somebody watches the pointer tags are looked at every ten seconds`() throws {
        let operation = try operation(branches: 40)
        operation.pass(.minutes(5))
        operation.follow()
        let watched = asked(operation, during: .minutes(10))
        let prod = try #require(watched.tags[try PromotionCore.Tag("prod")])
        #expect((45...62).contains(prod), "\(prod)")
        #expect((8...10).contains(watched.lists))
    }

    @Test func `a plan asks no branch, and what it asks does not grow with them`() throws {
        let operation = try operation(branches: 4_000, candidates: 15)
        operation.pass(.minutes(5))
        operation.world.with { $0.asked = (0, [:]) }
        let answer = operation.ask(
            .view(.plan(PromotionRequest(place: Operation.testing, digest: Operation.fresh.digest))))
        guard case .plan(let plan)? = answer, plan.plan != nil else {
            Issue.record("\(String(describing: answer))")
            return
        }
        let asked = operation.world.with(\.asked)
        #expect(asked.lists == 1)
        #expect(asked.tags.keys.allSatisfy { !$0.text.hasPrefix("feature") })
        #expect(asked.tags.values.reduce(0, +) < 20, "\(asked.tags)")
    }

    @Test func `a tag that does not answer stops no promotion of an image that another names`() throws {
        let operation = try operation(branches: 0, candidates: 3)
        operation.pass(.minutes(2))
        operation.world.with { $0.brokenTags = Set(["v2.41.0-rc.1", "v2.42.0-rc.1"].compactMap(\.asTag)) }
        #expect(operation.promote(Operation.fresh.digest, to: Operation.testing) == .started(PromotionNumber(1)))
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.projection().promotion(PromotionNumber(1))?.state.outcome == .succeeded)
    }

    @Test func `a registry that cannot be read is on the board with its words and since when, and again readable`() throws {
        let operation = try operation(branches: 0)
        operation.pass(.minutes(2))
        let board = try #require(operation.board())
        #expect(board.unreadables(of: RunnerTests.quick).isEmpty)
        let began = operation.world.now
        operation.world.with { $0.refusedLooks = [.list, .tags] }
        operation.pass(.minutes(5))
        let blind = try #require(operation.board())
        let gaps = blind.unreadables(of: RunnerTests.quick)
        #expect(gaps.map(\.source) == [.registry, .registry, .registry, .registry])
        #expect(
            gaps.allSatisfy { gap in
                gap.cause.text.contains("403") && (gap.since.map { $0 - began } ?? .minutes(9)) < .seconds(75)
            }, "\(gaps)")
        let told = blind.explanations(of: RunnerTests.quick, at: operation.world.now).filter { $0.subject == .unread }
        #expect(told.count == 1 && told.first?.values.text.contains("403") == true)
        operation.world.with { $0.refusedLooks = [] }
        operation.pass(.minutes(2))
        #expect(operation.board()?.unreadables(of: RunnerTests.quick).isEmpty == true)
    }

    @Test func `the first board has been looked at`() throws {
        let operation = Operation(seed: 7)
        operation.startAgent()
        let board = try Self.answered(operation)
        #expect(board.candidateGap(of: Fixtures.payments) == nil)
        #expect(board.candidates[Fixtures.payments]?.first == Operation.fresh)
    }

    @Test func `the first answer waits two seconds at most for a registry that hangs`() throws {
        let operation = Operation(seed: 7)
        operation.world.with { $0.delays[.look] = .seconds(30) }
        operation.startAgent()
        let before = operation.world.now
        let board = try Self.answered(operation)
        #expect(operation.world.now - before <= .seconds(3))
        #expect(board.candidateGap(of: Fixtures.payments) != nil)
    }
}
