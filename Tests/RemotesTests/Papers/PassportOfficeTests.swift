import LedgerStore
import PromotionCore
import PromotionRunner
import Remotes
import Synchronization
import Testing

/// A clock whose waits are over at once; it remembers them.
final class HastyClock: Clock {
    struct Instant: InstantProtocol {
        let offset: Duration

        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let waited = Mutex<[Duration]>([])

    var waits: [Duration] { waited.withLock(\.self) }
    var now: Instant { Instant(offset: waits.reduce(.zero, +)) }
    var minimumResolution: Duration { .milliseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let pause = now.duration(to: deadline)
        waited.withLock { $0.append(pause) }
    }
}

/// A passport's way onto an image: with a real ledger's leases, into real registries and into ones that break and lie.
@Suite struct `The passport office` {
    private static let agent = Account(name: "baton", proof: .agent, host: "here")

    /// A desk with its ledger.
    private struct World {
        let desk: PaperDesk
        let clock = HastyClock()
        let leases: SQLiteLedger
        private let scratch: Scratch

        init() throws {
            desk = try PaperDesk()
            scratch = try Scratch()
            let owner = LedgerOwner(account: "baton", process: 1, host: "here", session: "one", since: Wall.now())
            leases = try SQLiteLedger.open(LedgerOwnership.take(LedgerDirectory("\(scratch.path)/ledger"), as: owner))
        }

        func holder(_ session: String = "one", for promotion: Int64 = 7) -> LeaseHolder {
            LeaseHolder(
                owner: agent, session: session, promotion: PromotionNumber(promotion),
                reason: "passport of promotion \(promotion)")
        }

        func office(_ store: any ArtifactStore) -> PassportOffice {
            PassportOffice(
                store: store, leases: leases, signer: desk.release,
                time: TimeSource(clock: clock, read: { Wall.reading }, executor: RunnerQueue()), holder: holder())
        }

        var image: PinnedImage { PinnedImage(repository: desk.repository, digest: desk.digest) }

        func isFree() async throws -> Bool {
            guard let lease = try await leases.current(Place(try record().service, PassportOffice.desk)) else { return true }
            return lease.expires <= Wall.now()
        }

        func record() throws -> PromotionRecord { try desk.record() }

        /// Writes a passport in a registry that a script makes lie.
        func attach(_ script: @escaping ScriptedRegistry.Script) async throws -> (PassportResult.Outcome, ScriptedRegistry) {
            let registry = try ScriptedRegistry(desk.contents, script)
            let transport = try RegistryTransport(limits: FaultWorld.limits)
            let client = RegistryClient(
                address: try #require(registry.address), transport: transport, limits: FaultWorld.limits, now: Wall.now)
            let port = DistributionRegistry(client: client, state: scratch.path)
            let outcome = await office(port).attach(try record(), to: image)
            await transport.close()
            return (outcome, registry)
        }
    }

    private static func passports(_ registry: ScriptedRegistry) -> [StoredDocument] {
        registry.now.documents.values.filter { $0.links?.artifactType == Passport.artifactType }
    }

    private static func reason(_ outcome: PassportResult.Outcome) -> String {
        if case .failed(let reason) = outcome { reason.text } else { "attached" }
    }

    private func attaches(to registry: any RegistryUnderTest) async throws {
        let world = try World()
        try await registry.push(world.desk.image, tags: ["v1.1.0-rc.1"])
        let store = registry.open()
        let record = try world.record()
        guard case .attached(let manifest, let key) = await world.office(store).attach(record, to: world.image) else {
            Issue.record("not attached")
            return
        }
        #expect(key.fingerprint == world.desk.release.publicKey.fingerprint)
        #expect(try await world.isFree() && world.clock.waits.isEmpty)
        let papers = try await PaperReader(store: store, repository: world.desk.repository).papers(on: world.desk.digest)
        let found = ReleasePapers.examine(papers, of: world.desk.digest, by: [], passportKeys: [world.desk.trusted])
        #expect(found.passports.map(\.record) == [record] && found.findings.isEmpty)
        #expect(found.passports.first?.place.text == "referrer \(manifest.short(12))")
        // Under another key it is read, and believed by nobody.
        let strangers = ReleasePapers.examine(
            papers, of: world.desk.digest, by: [world.desk.trusted],
            passportKeys: [TrustedKey(name: "stranger", key: world.desk.stranger.publicKey)])
        guard case .invalid = strangers.passports.first?.verdict else {
            Issue.record("\(strangers)")
            return
        }
    }

    @Test func `writes what a layout gives back, verified`() async throws { try await attaches(to: SampleLayout()) }

    @Test(.enabled(if: RealRegistry.isInstalled, "docker-registry is not installed: make setup"))
    func `writes what a docker-registry gives back, verified`() async throws { try await attaches(to: RealRegistry()) }

    @Test func `signs once, however often it is tried`() async throws {
        let world = try World()
        let list = world.desk.list
        // Once the passport is stored its list cannot be read, for two attempts with all their requests.
        let (outcome, registry) = try await world.attach { request, contents in
            let isStored = contents.documents.values.contains { $0.links?.artifactType == Passport.artifactType }
            let asked = contents.requests.count { $0.rest == "manifests/\(list)" }
            return isStored && request.rest == "manifests/\(list)" && asked <= 8 ? .error(500, "UNKNOWN") : nil
        }
        guard case .attached(let manifest, _) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(Self.passports(registry).map(\.digest) == [manifest])
        #expect(world.clock.waits == [.seconds(1), .seconds(2)])
    }

    @Test func `gives up after five tries where the registry is away, and says why`() async throws {
        let world = try World()
        let (outcome, _) = try await world.attach { _, _ in .reset }
        #expect(Self.reason(outcome).contains("connection"))
        #expect(world.clock.waits == [.seconds(1), .seconds(2), .seconds(4), .seconds(8)])
        #expect(try await world.isFree())
    }

    @Test(arguments: [
        ("an image that is gone", "is no longer in the registry"), ("an account that may not write", "lacks a right"),
    ])
    func `does not try again what will not change`(what: String, says: String) async throws {
        let world = try World()
        let top = world.desk.digest
        let (outcome, registry) = try await world.attach { request, _ in
            what.contains("account")
                ? request.method == "POST" ? .error(403, "DENIED") : nil
                : FaultWorld.asks(request, for: top) ? .error(404, "MANIFEST_UNKNOWN") : nil
        }
        #expect(Self.reason(outcome).contains(says))
        #expect(world.clock.waits.isEmpty && Self.passports(registry).isEmpty)
        #expect(try await world.isFree())
    }

    @Test func `writes nothing while another agent is at the desk`() async throws {
        let world = try World()
        let other = try await world.leases.take(
            Place(try world.record().service, PassportOffice.desk), for: world.holder("two", for: 8), lasting: .seconds(60),
            now: Wall.reading, on: .boot)
        guard case .taken = other else {
            Issue.record("\(other)")
            return
        }
        let (outcome, registry) = try await world.attach { _, _ in nil }
        #expect(Self.reason(outcome) == "baton writes another passport: passport of promotion 8")
        #expect(world.clock.waits.count == PassportOffice.tries - 1)
        #expect(!registry.now.requests.contains { $0.method == "PUT" || $0.method == "POST" })
    }

    @Test func `finds out that its entry was overwritten by another tool, and lists both`() async throws {
        let world = try World()
        var kept = world.desk.contents
        let foreign = try kept.file([world.desk.signed(by: world.desk.stranger)], subject: world.desk.image.top)
        let index = ReferrerIndex().adding(foreign).stored
        let list = world.desk.list
        let (outcome, registry) = try await world.attach { request, contents in
            // Just after the first write of the list another tool writes its own over it.
            let writes = contents.requests.filter { $0.method == "PUT" && $0.rest == "manifests/\(list)" }.count
            guard request.method == "GET", request.rest == "manifests/\(list)", writes == 1,
                contents.documents[index.digest] == nil
            else { return nil }
            contents.documents[foreign.digest] = foreign
            contents.documents[index.digest] = index
            contents.tags[list] = index.digest
            return nil
        }
        guard case .attached(let manifest, _) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        let named = try #require(registry.now.tags[list].flatMap { registry.now.documents[$0] })
        #expect(Set(try ReferrerIndex(parsing: named).descriptors.map(\.digest)) == [manifest, foreign.digest])
    }

    @Test func `does not believe a registry that stores it and lists nothing`() async throws {
        let world = try World()
        let (outcome, registry) = try await world.attach { request, contents in
            if request.rest.hasPrefix("referrers/") {
                return FaultWorld.document(
                    #"{"schemaVersion":2,"mediaType":"\#(MediaType.ociIndex.text)","manifests":[]}"#, .ociIndex)
            }
            // It says that it has put the passport among the referrers of its subject (OCI distribution-spec, "OCI-Subject").
            guard request.method == "PUT", request.rest.hasPrefix("manifests/sha256:") else { return nil }
            _ = ScriptedRegistry.put(request, String(request.rest.dropFirst("manifests/".count)), &contents)
            return .answer(201, ["OCI-Subject": "\(world.desk.digest)"])
        }
        #expect(Self.reason(outcome) == "it was stored, but the image's referrers do not list it")
        #expect(Self.passports(registry).count == 1)
    }
}
