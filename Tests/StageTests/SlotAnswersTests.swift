internal import PromotionCore
internal import Testing

@testable internal import Stage

struct SlotAnswersTests {
    private func answers(_ behaviour: SlotBehaviour) -> SlotAnswers {
        let image = PinnedImage(repository: StageSeed.repository, digest: Digest(of: "image".utf8))
        let instance = StageInstance(
            token: InstanceToken(), place: Place(.literal("payments"), .literal("prod")), slot: .literal("blue"), image: image,
            version: "1.0.0", behaviour: behaviour)
        return SlotAnswers(instance, processNumber: 7)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let behaviour: SlotBehaviour
        let path: String
        let uptime: Milliseconds
        let hasServedTraffic: Bool
        let status: Int
        var testDescription: String { "\(behaviour) \(path) at \(uptime), served \(hasServedTraffic): \(status)" }

        init(_ behaviour: SlotBehaviour, _ path: String, _ uptime: Milliseconds, _ served: Bool, _ status: Int) {
            (self.behaviour, self.path, self.uptime, hasServedTraffic, self.status) = (behaviour, path, uptime, served, status)
        }
    }

    @Test(arguments: [
        Case(.good, "/health", .zero, false, 200), Case(.good, "/", .zero, true, 200), Case(.good, "/ready", .zero, false, 200),
        Case(.good, "/nowhere", .zero, false, 404),
        Case(.unhealthy, "/health", .zero, false, 503), Case(.unhealthy, "/version", .zero, false, 200),
        Case(.failsAfterSwitch, "/health", .zero, false, 200), Case(.failsAfterSwitch, "/", .zero, false, 200),
        Case(.failsAfterSwitch, "/health", .zero, true, 503), Case(.failsAfterSwitch, "/", .zero, true, 500),
        Case(.slow, "/ready", .seconds(7), false, 503), Case(.slow, "/ready", .seconds(8), false, 200),
        Case(.slow, "/health", .zero, false, 200),
    ])
    func `a release answers as it is prepared to`(row: Case) {
        var answers = answers(row.behaviour)
        if row.hasServedTraffic { _ = answers.answer("/", isRouted: true, uptime: .zero) }
        #expect(answers.answer(row.path, isRouted: false, uptime: row.uptime).status == row.status)
    }

    @Test func `the first routed request is still answered well`() {
        var answers = answers(.failsAfterSwitch)
        #expect(answers.answer("/", isRouted: true, uptime: .zero).status == 200)
        #expect(answers.answer("/", isRouted: true, uptime: .zero).status == 500)
    }

    @Test func `version says what runs`() throws {
        var answers = answers(.slow)
        let answer = answers.answer("/version", isRouted: false, uptime: .seconds(2))
        let version = try CanonicalJSON.decode(SlotVersion.self, from: answer.body.utf8)
        #expect(version.digest == Digest(of: "image".utf8))
        #expect(version.isReady == false)
        #expect(answer.after == .zero)
    }
}
