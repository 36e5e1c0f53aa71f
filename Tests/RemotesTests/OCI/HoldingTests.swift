import PromotionCore
import Remotes
import Testing

/// What a registry's answers prove of an image, and what they leave open.
@Suite struct HoldingTests {
    private func holding(
        of digest: Digest, _ script: @escaping ScriptedRegistry.Script
    ) async throws -> Result<ImageHolding, Fault> {
        let scratch = try Scratch()
        let registry = try ScriptedRegistry(FaultWorld.contents, script)
        let transport = try RegistryTransport(limits: FaultWorld.limits)
        let client = RegistryClient(
            address: try #require(registry.address), credentials: .anonymous, transport: transport, limits: FaultWorld.limits,
            now: Wall.now)
        let port = DistributionRegistry(client: client, state: scratch.path)
        let result: Result<ImageHolding, Fault>
        do throws(Fault) {
            result = .success(try await port.holding(of: digest, in: Self.repository))
        } catch {
            result = .failure(error)
        }
        await transport.close()
        return result
    }

    private static let repository: RepositoryName = {
        do { return try RepositoryName("shop/payments") } catch { preconditionFailure("\(error)") }
    }()

    @Test func `a list that is refused says nothing of an image that can be read`() async throws {
        let digest = FaultWorld.old.top.digest
        let found = try await holding(of: digest) { request, _ in
            FaultWorld.isList(request) ? .error(403, "DENIED") : nil
        }
        guard case .success(.whole(let digests)) = found else {
            Issue.record("\(found)")
            return
        }
        #expect(digests.top == digest)
    }

    @Test func `what is not there is absent, and what is not its digest is damaged`() async throws {
        #expect(try await holding(of: Digest(of: "nowhere".utf8)) { _, _ in nil } == .success(.absent))
        let digest = FaultWorld.old.top.digest
        let found = try await holding(of: digest) { request, _ in
            FaultWorld.asks(request, for: digest) ? .json(200, #"{"schemaVersion":2}"#) : nil
        }
        guard case .success(.damaged) = found else {
            Issue.record("\(found)")
            return
        }
    }

    @Test(arguments: [403, 401, 404, 500]) func `an answer that is of no use proves nothing of the image`(
        status: Int
    ) async throws {
        let digest = FaultWorld.old.top.digest
        let found = try await holding(of: digest) { request, _ in
            // A 404 in other words than a registry's: something else answers there.
            FaultWorld.asks(request, for: digest) ? .answer(status, ["Content-Type": "text/plain"], body: Array("no".utf8)) : nil
        }
        guard case .failure = found else {
            Issue.record("\(found)")
            return
        }
    }
}
