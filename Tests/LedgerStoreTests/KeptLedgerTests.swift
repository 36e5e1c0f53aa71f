internal import Foundation
internal import LedgerStore
internal import PromotionCore
internal import Settings
internal import Simulation
internal import Testing

/// Ledgers that earlier versions wrote: each is opened, proved and gone on with, for as long as there is one of them.
@Suite struct KeptLedgerTests {
    @Test(arguments: KeptLedger.all) func `a ledger of an earlier version opens and its chain holds`(
        _ kept: KeptLedger
    ) async throws {
        let scratch = try kept.copy()
        let proof = try await scratch.proof()
        #expect(proof.holds && proof.entries > 500)
        let ledger = try scratch.open()
        defer { try? ledger.close() }
        #expect(try await ledger.reader.verify().holds)
    }

    @Test(arguments: KeptLedger.all) func `a projection that it saved is read, or folded anew, with the same result`(
        _ kept: KeptLedger
    ) async throws {
        let scratch = try kept.copy()
        let ledger = try scratch.open()
        defer { withExtendedLifetime(scratch) { try? ledger.close() } }
        var folded = Projection()
        for entry in try await ledger.entries(after: 0, limit: 10_000) { try folded.apply(entry) }
        #expect(try await Projection.read(from: ledger).projection == folded)
        try await ledger.save(SavedProjection.snapshot(of: folded, after: nil))
        let again = try await Projection.read(from: ledger)
        #expect(again.saved != nil && again.projection == folded)
    }

    @Test(arguments: KeptLedger.all) func `an agent goes on with it, and its entries follow in the same file`(
        _ kept: KeptLedger
    ) async throws {
        let scratch = try kept.copy()
        let ledger = try scratch.open()
        let entries = try await ledger.entries(after: 0, limit: 10_000)
        let written = try goOn(with: entries, kept)
        for entry in written { #expect(try await ledger.append(entry.draft) == entry) }
        try ledger.close()
        let proof = try await scratch.proof()
        #expect(proof.holds && proof.entries == Int64(entries.count + written.count))
    }

    /// Resumes what runs, lets it end, and starts another promotion.
    /// - Returns: what was written.
    private func goOn(with entries: [LedgerEntry], _ kept: KeptLedger) throws -> [LedgerEntry] {
        let operation = try Operation(seed: 1, services: kept.services(), after: entries)
        let before = try operation.projection()
        let running = before.unfinished.filter { promotion in
            let place = promotion.plan.place
            return before.services[place.service]?.running(in: place.environment) == promotion
        }
        #expect(!running.isEmpty)
        operation.startAgent()
        for promotion in running { operation.wait(for: promotion.number) }
        let adopted = try operation.projection().services[.literal("orders")]?.environments[.literal("prod")]
        #expect(adopted?.slots.count == 2 && adopted?.live == .literal("blue") && adopted?.correction != nil)
        for promotion in running { #expect(try operation.state(of: promotion.number.number) == "succeeded") }
        let waiting = before.unfinished.filter { !running.contains($0) }
        #expect(!waiting.isEmpty && waiting.allSatisfy { (try? operation.state(of: $0.number.number)) != nil })

        let orders = Place(.literal("orders"), .literal("testing"))
        let goal = try #require(try operation.projection().services[orders.service]?.rollbackGoals(of: orders.environment).first)
        let next = before.nextPromotion
        #expect(operation.promote(goal.digest, to: orders) == .started(next))
        operation.wait(for: next)
        #expect(try operation.state(of: next.number) == "succeeded")
        #expect(operation.world.with(\.violations) == [])
        let written = operation.world.with { Array($0.entries.dropFirst(entries.count)) }
        operation.finish()
        return written
    }

    @Test func `the ledger of November 2026 says what it said then`() async throws {
        let scratch = try KeptLedger.november.copy()
        let ledger = try scratch.open()
        defer { withExtendedLifetime(scratch) { try? ledger.close() } }
        let projection = try await Projection.read(from: ledger).projection
        #expect(projection.lastPromotion == PromotionNumber(13))
        let payments = try #require(projection.services[.literal("payments")])
        let states = payments.promotions.map { "\($0.number) \($0.state.words)" }
        #expect(
            states == [
                "1 succeeded", "2 succeeded", "3 succeeded", "4 rolled back", "5 rolled back", "7 succeeded", "9 rolled back",
                "10 baking", "11 blocked", "12 awaiting approval", "13 blocked",
            ])
        // It was written by a version that kept 500 of any evidence and 100 vetoes, and forgot the oldest: what was forgotten is in
        // force again, and the same said again is kept once.
        #expect(payments.evidence.count == 7)
        let prod = try #require(payments.environments[.literal("prod")])
        #expect(prod.vetoes.count == 107)
        #expect(prod.vetoes.compactMap(\.promotion) == [PromotionNumber(4)])
        #expect(prod.live == .literal("green"))
        #expect(payments.rollbackGoals(of: .literal("prod")).compactMap(\.tag?.text) == ["v2.31.0-rc.2", "v2.30.3", "v2.30.1"])
        #expect(payments.environments[.literal("staging")]?.overrides.map(\.gate) == [.soak])
        let testing = try #require(payments.environments[.literal("testing")]?.automation)
        #expect(testing.halt?.cause == .ended(PromotionNumber(9), .rolledBack))
        #expect(testing.calls.map(\.call.subject) == [.failure])
        #expect(projection.freezes.count == 1)
        #expect(projection.joints.map(\.state.words) == ["succeeded"])
        #expect(projection.retention.values.map(\.quarantined.count).max() == 4)
        #expect(projection.retention.values.map(\.holds.count).max() == 3)
        // Adopted as empty, because the registry could not be read, while both slots ran.
        let orders = try #require(projection.services[.literal("orders")])
        #expect(orders.environments[.literal("prod")]?.slots == [:])
        #expect(orders.environments[.literal("prod")]?.live == nil)
        #expect(orders.environments[.literal("prod")]?.pointers.count == 3)
    }
}

/// A ledger in `Tests/Ledgers`, with the configuration of the agent that wrote it.
struct KeptLedger: Sendable, CustomTestStringConvertible {
    let name: String

    static let november = KeptLedger(name: "2026-11")

    /// Every ledger that is kept; `Tests/Ledgers/make` makes another.
    static let all = [november]

    var testDescription: String { name }

    private var directory: String {
        #filePath.split(separator: "/", omittingEmptySubsequences: false).prefix { $0 != "Tests" }.joined(separator: "/")
            + "/Tests/Ledgers/" + name
    }

    /// The ledger in a directory of its own: what opens it changes it.
    func copy() throws -> Scratch {
        let scratch = try Scratch()
        try FileManager.default.copyItem(atPath: directory + "/ledger.sqlite", toPath: scratch.database)
        return scratch
    }

    func services() throws -> [Service] {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: directory + "/baton.yaml"))
        return try Settings.read(bytes: Array(bytes), file: "baton.yaml", architecture: "amd64").get().services.map(\.service)
    }
}
