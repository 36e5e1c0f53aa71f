import Fixtures
import PromotionCore
import PromotionRunner
import Simulation
import Testing

/// Every port of the simulated world that changes something refuses an old fence, as the real ones do: what is proven in that
/// world would otherwise not be proven of them.
@Suite struct OldFenceTests {
    static let image = PinnedImage(repository: Fixtures.repository, digest: Operation.warm.digest)

    /// A change of prod under a fence, by what it is called.
    static let changes: [(String, @Sendable (ServiceWiring, Fence) async throws -> Void)] = [
        (
            "weights",
            { _ = try await prod($0).trafficSwitch?.route(Routing(10, to: Fixtures.green, rest: Fixtures.blue), under: $1) }
        ),
        ("a switch", { _ = try await prod($0).trafficSwitch?.route(to: Fixtures.green, under: $1) }),
        ("a deploy", { _ = try await prod($0).target.run(image, in: Fixtures.green, under: $1) }),
        ("a stop", { try await prod($0).target.stop(Fixtures.green, under: $1) }),
        ("a bar at the switch", { try await prod($0).trafficSwitch?.bar(before: $1) }),
        ("a bar at the target", { try await prod($0).target.bar(before: $1) }),
    ]

    static func prod(_ wiring: ServiceWiring) throws -> PlaceWiring { try #require(wiring.places[Fixtures.prod]) }

    /// Why a change is not made; nil where it is.
    static func refusal(_ operation: Operation, _ change: @escaping @Sendable () async throws -> Void) -> Fault? {
        let outcome: Result<Void, Fault>? = operation.await {
            do {
                try await change()
                return .success(())
            } catch { return .failure(error as? Fault ?? Fault(.unknown, "\(error)")) }
        }
        guard case .failure(let fault)? = outcome else { return nil }
        return fault
    }

    @Test(arguments: changes.indices, changes.indices)
    func `once one port has seen a fence every port of the place refuses an older one`(first: Int, second: Int) {
        let operation = Operation(seed: 1)
        let wiring = WorldPorts(operation.world).wiring(Fixtures.service())
        #expect(Self.refusal(operation) { try await Self.changes[first].1(wiring, Fence(7)) } == nil)
        let late = Self.refusal(operation) { try await Self.changes[second].1(wiring, Fence(6)) }
        #expect(late?.kind == .refused, "\(Self.changes[second].0) after \(Self.changes[first].0)")
        #expect(operation.world.with(\.staleRefusals) == 1)
    }

    @Test func `a switch that an agent began before it was taken over from comes too late`() throws {
        let operation = RunnerTests.tested()
        operation.world.with { $0.delays[.route] = .seconds(5) }
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1), state: "switching")
        operation.takeOver()
        operation.wait(for: PromotionNumber(1), state: "ready to switch")
        operation.pass(.seconds(10))
        #expect(operation.world.with(\.staleRefusals) == 1)
        #expect(operation.world.with { $0.routing[Operation.prod]?.live } == Fixtures.blue)
    }

    @Test func `a tag refuses who moves it late, whatever it is to name`() {
        let operation = Operation(seed: 1)
        let registry = WorldPorts(operation.world)
        func move(from old: Release, to new: Release, _ fence: Int64) -> Fault? {
            Self.refusal(operation) {
                _ = try await registry.move(
                    Tag(pointerOf: Fixtures.prod), in: Fixtures.repository, from: old.digest, to: new.digest, under: Fence(fence))
            }
        }
        #expect(move(from: Operation.serving, to: Operation.fresh, 7) == nil)
        #expect(move(from: Operation.fresh, to: Operation.serving, 6)?.kind == .refused)
        #expect(operation.tag("prod") == Operation.fresh.digest)
        #expect(move(from: Operation.fresh, to: Operation.serving, 7) == nil)
    }
}
