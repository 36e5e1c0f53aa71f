import PromotionCore
import Remotes
import Testing

/// What is found out about real registries, and that nothing in them is changed by it.
@Suite(.enabled(if: RealRegistry.isInstalled)) struct ExaminationTests {
    private func verdicts(_ findings: [RegistryReport.Finding]) -> [RegistryReport.Subject: RegistryReport.Verdict] {
        Dictionary(findings.map { ($0.subject, $0.verdict) }, uniquingKeysWith: { first, _ in first })
    }

    @Test(arguments: RealRegistry.manners) func `a registry says what it allows, and stays as it is`(
        _ manner: RealRegistry.Manner
    ) async throws {
        let real = try await RealRegistry(manner)
        try await real.push(.single("one"), tags: ["v1.0.0-rc.1", "prod"])
        let registry = real.registry()
        let before = try await registry.tagList(in: real.repository).tags
        let findings = await registry.examine(real.repository)
        let found = verdicts(findings)
        for subject in [RegistryReport.Subject.reach, .login, .reading, .pages, .conditions, .writing, .limits, .clock] {
            #expect(found[subject] == .good, "\(findings)")
        }
        #expect(found[.digestDeletion] == (manner.deletes ? .good : .noted), "\(findings)")
        let login = findings.first { $0.subject == .login }?.words.text ?? ""
        #expect(login.hasPrefix(manner.needsPassword ? "baton: the account is" : "no account"), "\(login)")
        #expect(!findings.contains { $0.words.text.contains("hunter2") }, "a secret is told")
        #expect(try await registry.tagList(in: real.repository).tags == before)
    }

    @Test func `without its login nothing is asked of a registry, and the report says so`() async throws {
        let real = try await RealRegistry(RealRegistry.Manner(needsPassword: true))
        let client = real.client(credentials: .anonymous)
        let findings = await DistributionRegistry(client: client, state: "\(real.scratch.path)/state").examine(real.repository)
        #expect(verdicts(findings) == [.login: .good, .reach: .bad])
        #expect(findings.last?.remedy != nil)
    }

    @Test func `a registry that is not there is said not to answer`() async throws {
        let port = try RawServer.closedPort().port
        let address = try #require(RegistryAddress("http://127.0.0.1:\(port)"))
        let transport = try RegistryTransport()
        let client = RegistryClient(address: address, transport: transport, now: Wall.now)
        let findings = await DistributionRegistry(client: client, state: "/nowhere").examine(try RepositoryName("shop/payments"))
        #expect(verdicts(findings)[.reach] == .bad)
        #expect(findings.last?.words.text.contains("refused") == true, "\(findings)")
        await transport.close()
    }
}
