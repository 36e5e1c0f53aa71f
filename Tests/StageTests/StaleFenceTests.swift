internal import PromotionCore
internal import Testing

@testable internal import Stage

/// Every port of the stage that changes something refuses whoever holds an old fence, before it does anything.
struct StaleFenceTests {
    private static let place = Place(.literal("payments"), .literal("prod"))
    private static let blue = SlotName.literal("blue")
    private static let green = SlotName.literal("green")
    private static let image = PinnedImage(repository: StageSeed.repository, digest: Digest(of: "image".utf8))

    /// A change of prod, by what it is called.
    typealias Change = @Sendable (Stage, Fence) async throws -> Void

    private static let changes: [(String, Change)] = [
        ("weights", { _ = try await $0.trafficSwitch(for: place).route(Routing(10, to: green, rest: blue), under: $1) }),
        ("a switch", { _ = try await $0.trafficSwitch(for: place).route(to: green, under: $1) }),
        ("a deploy", { _ = try await $0.target(for: place).run(image, in: green, under: $1) }),
        ("a stop", { try await $0.target(for: place).stop(green, under: $1) }),
        ("a bar at the switch", { try await $0.trafficSwitch(for: place).bar(before: $1) }),
        ("a bar at the target", { try await $0.target(for: place).bar(before: $1) }),
    ]

    /// Why a change is not made; nil where it is.
    private func refusal(_ change: Change, _ stage: Stage, under fence: Int64) async -> Fault? {
        do {
            try await change(stage, Fence(fence))
            return nil
        } catch { return error as? Fault }
    }

    @Test(arguments: changes.indices, changes.indices)
    func `once one port has seen a fence every port of the place refuses an older one`(first: Int, second: Int) async throws {
        try await TemporaryStage.with { temporary in
            let router = try await Router.start(temporary.directory)
            // Whether it succeeds does not matter: nothing runs here. That it was tried is enough.
            _ = await refusal(Self.changes[first].1, temporary.stage, under: 7)
            let late = await refusal(Self.changes[second].1, temporary.stage, under: 6)
            let comment: Comment = "\(Self.changes[second].0) after \(Self.changes[first].0)"
            #expect(late?.kind == .refused && late?.reason.text.contains("fence 6") == true, comment)
            #expect(late?.reason.text.contains("older than 7") == true, comment)
            let table = await router.answer(.read)
            guard case .routing(let entries, _) = table else { throw Fault(.broke, "no table") }
            #expect(entries[Self.place]?.fence ?? Fence(0) != Fence(6), comment)
            let own = await refusal(Self.changes[second].1, temporary.stage, under: 7)
            #expect(own?.reason.text.contains("fence 7") != true, "its own fence is not stale")
            await router.stop(within: .seconds(1))
        }
    }

    @Test func `a fence is of one place, and outlives whoever brought it`() async throws {
        try await TemporaryStage.with { temporary in
            let router = try await Router.start(temporary.directory)
            _ = await refusal(Self.changes[0].1, temporary.stage, under: 7)
            // Another value of the same directory stands for another process.
            let again = Stage(
                temporary.directory, executable: StageExecutable(path: TemporaryStage.program), registry: temporary.registry,
                now: { Timestamp(millisecondsSinceEpoch: 0) })
            #expect(await refusal(Self.changes[0].1, again, under: 6)?.reason.text.contains("older than 7") == true)
            let staging: Change = {
                _ = try await $0.target(for: Place(.literal("payments"), .literal("staging"))).stop(.only, under: $1)
            }
            #expect(await refusal(staging, again, under: 3) == nil)
            await router.stop(within: .seconds(1))
        }
    }

    @Test func `the router itself refuses late weights and late backends, whoever sends them`() async throws {
        try await TemporaryStage.with { temporary in
            let router = try await Router.start(temporary.directory)
            _ = await router.answer(.open(place: Self.place))
            let new = RoutingTable.Change(place: Self.place, fence: Fence(7), weights: [Self.blue: 100], backends: [Self.blue: 1])
            guard case .routing(let before, _) = await router.answer(.change(new)) else { throw Fault(.broke, "refused") }
            let late: [RoutingTable.Change] = [
                .init(place: Self.place, fence: Fence(6), weights: [Self.blue: 90, Self.green: 10], backends: [Self.green: 2]),
                .init(place: Self.place, fence: Fence(6), backends: [Self.blue: 0]),
                .init(place: Self.place, fence: Fence(6), weights: [Self.blue: 100]),
            ]
            for change in late {
                guard case .refused(let reason) = await router.answer(.change(change)) else {
                    Issue.record("a late change was made: \(change)")
                    continue
                }
                #expect(reason.text.contains("fence 6"))
            }
            guard case .routing(let after, _) = await router.answer(.read) else { throw Fault(.broke, "no table") }
            #expect(after == before)
            await router.stop(within: .seconds(1))
        }
    }
}
