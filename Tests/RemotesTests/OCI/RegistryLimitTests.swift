import PromotionCore
import Remotes
import Synchronization
import Testing

/// A registry that allows so many requests and no more: what is decided is asked first.
@Suite struct RegistryLimitTests {
    private final class Shown: Sendable {
        let isLimited = Mutex(true)
        let now = Mutex(Timestamp(millisecondsSinceEpoch: 1_795_992_000_000))  // 2026-11-29T22:40:00Z
    }

    private let shown = Shown()
    private let repository: RepositoryName
    private let prod: PromotionCore.Tag

    init() throws {
        repository = try RepositoryName("shop/payments")
        prod = try PromotionCore.Tag("prod")
    }

    /// A registry that answers 429 as long as it is limited.
    private func limited(wait: String?) throws -> ScriptedRegistry {
        try ScriptedRegistry(FaultWorld.contents) { [shown] _, _ in
            guard shown.isLimited.withLock(\.self) else { return nil }
            return .error(429, "TOOMANYREQUESTS", "slow down", wait.map { ["Retry-After": $0] } ?? [:])
        }
    }

    private func open(_ registry: ScriptedRegistry) throws -> (DistributionRegistry, RegistryTransport) {
        var limits = RegistryLimits()
        limits.tries = 1
        let transport = try RegistryTransport(limits: limits)
        let client = RegistryClient(
            address: try #require(registry.address), transport: transport, limits: limits,
            now: { [shown] in shown.now.withLock(\.self) })
        return (DistributionRegistry(client: client, state: "/nowhere"), transport)
    }

    private func inBackground(_ registry: DistributionRegistry) async -> Result<Digest?, Fault> {
        await Urgency.inBackground { () -> Result<Digest?, Fault> in
            do throws(Fault) { return .success(try await registry.resolve(prod, in: repository)) } catch {
                return .failure(error)
            }
        }
    }

    @Test(arguments: [("300", "22:45:00"), (nil, "22:41:00")] as [(String?, String)])
    func `what can wait is not asked while the limit is reached, and says when it is; what is decided is asked`(
        _ wait: String?, _ next: String
    ) async throws {
        let scripted = try limited(wait: wait)
        let (registry, transport) = try open(scripted)
        for _ in 0..<3 {
            guard case .failure(let fault) = await inBackground(registry) else {
                Issue.record("it was answered")
                return
            }
            #expect(fault.kind == .broke)
            #expect(fault.reason.text.contains("its limit of requests is reached (429"), "\(fault)")
            #expect(fault.reason.text.contains("not asked before \(next) UTC"), "\(fault)")
        }
        #expect(scripted.now.requests.count == 1, "it was asked once")
        shown.isLimited.withLock { $0 = false }
        #expect(try await registry.resolve(prod, in: repository) == FaultWorld.old.top.digest)
        guard case .failure = await inBackground(registry) else {
            Issue.record("what is only shown came before its time")
            return
        }
        shown.now.withLock { $0 = $0 + .minutes(6) }
        #expect(try await inBackground(registry).get() == FaultWorld.old.top.digest)
        await transport.close()
    }

    @Test(arguments: ["Fri, 31 Dec 9999 23:59:59 GMT", "999999"])
    func `no registry is left alone for longer than six hours, whatever it asks for`(_ wait: String) async throws {
        let scripted = try limited(wait: wait)
        let (registry, transport) = try open(scripted)
        _ = await inBackground(registry)
        #expect(scripted.now.requests.count == 1)
        shown.isLimited.withLock { $0 = false }
        shown.now.withLock { $0 = $0 + .minutes(361) }
        #expect(try await inBackground(registry).get() == FaultWorld.old.top.digest)
        #expect(scripted.now.requests.count > 1)
        await transport.close()
    }

    @Test func `a limit that lasts is asked about ever more seldom, once a quarter of an hour at the least`() async throws {
        let scripted = try limited(wait: nil)
        let (registry, transport) = try open(scripted)
        for _ in 0..<120 {
            _ = await inBackground(registry)
            shown.now.withLock { $0 = $0 + .minutes(1) }
        }
        #expect((9...13).contains(scripted.now.requests.count), "\(scripted.now.requests.count)")
        await transport.close()
    }
}
