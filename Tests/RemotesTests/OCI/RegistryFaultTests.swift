import Fixtures
import PromotionCore
import Remotes
import Testing

@Suite struct `A registry that lies or fails` {
    @Test(arguments: RegistryFaultCase.all)
    func `leads to one sentence, and to nothing worse`(_ fault: RegistryFaultCase) async throws {
        let said = try await Self.said(of: fault)
        #expect(said.contains(fault.says), "it said: \(said)")
        #expect(!said.contains("\u{1B}"))
    }

    @Test func `is never told a change twice without a look between`() async throws {
        for fault in RegistryFaultCase.changes where fault.work == .move {
            let (registry, _) = try await Self.run(fault)
            let relevant = registry.now.requests.filter { $0.rest == "manifests/prod" }.map(\.method)
            #expect(!zip(relevant, relevant.dropFirst()).contains { $0 == ("PUT", "PUT") }, "\(fault.what): \(relevant)")
            #expect(relevant.count { $0 == "PUT" } <= 2, "\(fault.what)")
        }
    }

    /// The words of the document, held against what the registry itself saw.
    @Test(arguments: RegistryFaultCase.all.filter { RegistryDeeds.claims[$0.does] != nil })
    func `is met as the document says`(_ fault: RegistryFaultCase) async throws {
        let (registry, _) = try await Self.run(fault)
        let seen = registry.now
        let requests = seen.requests.map { "\($0.method) \($0.path)" }.joined(separator: ", ")
        #expect(RegistryDeeds.claims[fault.does]?(seen) == true, "\(fault.does): \(requests)")
    }

    @Test func `has no claim that no line of the document makes`() {
        #expect(Set(RegistryDeeds.claims.keys).subtracting(RegistryFaultCase.all.map(\.does)) == [])
        #expect(RegistryFaultCase.all.count >= 25 && Set(RegistryFaultCase.all.map(\.what)).count == RegistryFaultCase.all.count)
    }

    @Test func `is in the document of faults`() async throws {
        var text = """
            # Faults of registries

            What a registry, or something in front of it, may answer; what Baton then says, and what it does. Every line is run
            against a scripted server by the tests, which also write this page: the words are the program's own, and what it does is
            counted by the server wherever it can be seen there.

            `broke`: nothing was changed, and asking again may help. `refused`: asking again changes nothing.
            `unknown`: it may or may not have been done, and only a look tells.

            | What comes | What is asked | Baton says | Baton does |
            |---|---|---|---|

            """
        for fault in RegistryFaultCase.all {
            let said = try await Self.said(of: fault).replacing("|", with: "\\|")
            text += "| \(fault.what) | \(fault.work.rawValue) | \(said) | \(fault.does) |\n"
        }
        #expect(try KeptText.document("registry-faults.md").kept(writing: text) == text)
    }

    private static func said(of fault: RegistryFaultCase) async throws -> String {
        let (registry, said) = try await run(fault)
        let name = try #require(registry.address).name
        return said.replacing(name, with: "registry.example").replacing(#/sha256:([0-9a-f]{8})[0-9a-f]{56}/#) {
            "sha256:\($0.1)…"
        }
    }

    private static func run(_ fault: RegistryFaultCase) async throws -> (ScriptedRegistry, String) {
        let registry = try ScriptedRegistry(FaultWorld.contents, fault.script)
        let scratch = try Scratch()
        let transport = try RegistryTransport(limits: FaultWorld.limits)
        let client = RegistryClient(
            address: try #require(registry.address), transport: transport, limits: FaultWorld.limits, now: Wall.now)
        let said = await FaultWorld.outcome(of: fault.work, through: DistributionRegistry(client: client, state: scratch.path))
        await transport.close()
        return (registry, said)
    }
}
