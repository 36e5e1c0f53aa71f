import LedgerStore
import PromotionCore
import PromotionRunner
import Remotes
import Testing

/// What is done with one image of one repository, whatever else is in it.
enum FieldUse: String, CaseIterable, Sendable {
    case promotion = "testing → prod"
    case copy = "home of its own"
    case signature = "signature rule"
    case passport
    case retention
}

/// A real registry with one habit, filled as one row of the table says.
struct FieldWorld {
    static let candidate: Tag = .named("v1.1.0-rc.1")
    static let final: Tag = .named("v1.1.0")
    static let prod: Tag = .named("prod")
    static let here = Platform(system: "linux", architecture: "amd64")

    let registry: RealRegistry
    let image: SampleImage
    private let front: RegistryFront
    private let transport: RegistryTransport
    private let notices = Recorder<SafeText>()
    private let desk: PaperDesk
    private let port: DistributionRegistry

    init(_ row: FieldCase) async throws {
        registry = try await RealRegistry()
        image = row.candidate
        desk = try PaperDesk()
        try await registry.push(image, tags: [Self.candidate.text])
        for other in row.beside { try await registry.push(other.image, tags: other.tags) }
        let behind = try #require(registry.address.name.split(separator: ":").last.flatMap { Int($0) })
        front = try RegistryFront(of: behind, row.habit)
        let limits = RegistryLimits()
        transport = try RegistryTransport(limits: limits)
        let address = try #require(RegistryAddress("http://127.0.0.1:\(front.port)"))
        let client = RegistryClient(
            address: address, transport: transport, limits: limits, now: Wall.now, notice: { [notices] in notices.add($0) })
        port = DistributionRegistry(client: client, state: "\(registry.scratch.path)/state")
    }

    /// Every use, in the order of the table, and what the log was told meanwhile.
    func outcomes() async throws -> (said: String, uses: [FieldUse: String]) {
        var uses: [FieldUse: String] = [:]
        for use in FieldUse.allCases { uses[use] = clean(await outcome(of: use)) }
        await transport.close()
        // How long it waits where it is asked to is a matter of chance.
        let said = Set(notices.all.map { clean($0.text) }.filter { !$0.contains(": waiting ") }).sorted()
        return (said.isEmpty ? "nothing" : said.joined(separator: "; "), uses)
    }

    private func outcome(of use: FieldUse) async -> String {
        do {
            switch use {
            case .promotion: return try await promotion()
            case .copy: return try await copy()
            case .signature: return try await signature()
            case .passport: return try await passport()
            case .retention: return await retention()
            }
        } catch let fault as Fault {
            return "\(fault.kind.rawValue): \(fault.reason)"
        } catch {
            return "unknown: \(error)"
        }
    }

    /// Addresses and digests as they are the same each time.
    private func clean(_ text: String) -> String {
        text.replacing("http://127.0.0.1:\(front.port)", with: "https://registry.example")
            .replacing("127.0.0.1:\(front.port)", with: "registry.example")
            .replacing(#/sha256([:-])([0-9a-f]{8})[0-9a-f]{56}/#) { "sha256\($0.1)\($0.2)…" }
            .replacing(#/ by release \([0-9a-f]*\)/#, with: " by release").replacing("|", with: "\\|")
    }

    private func promotion() async throws -> String {
        let name = registry.repository
        guard try await port.tags(in: name).named.keys.contains(Self.candidate),
            let digest = try await port.resolve(Self.candidate, in: name)
        else { return "refused: the candidate is not listed" }
        guard let release = try await port.release(digest, in: name) else { return "refused: the image does not exist" }
        guard release.digests.offers(Self.here) else { return "refused: it does not offer \(Self.here)" }
        let before = try await port.resolve(Self.prod, in: name)
        for (tag, old) in [(Self.prod, before), (Self.final, nil)] {
            guard try await port.move(tag, in: name, from: old, to: digest, under: Fence(1)) == .moved else {
                return "refused: \(tag) names something else"
            }
        }
        let platforms = release.digests.members.compactMap(\.platform?.description).joined(separator: ", ")
        return "goes through; offered: \(platforms)"
    }

    private func copy() async throws -> String {
        let home = try RepositoryName("prod/payments")
        port.expect(home)
        let copier = RegistryCopier(from: port, registry.repository, to: port, home, for: .literal("prod"))
        let report = try await copier.copy(image.top.digest, knownAs: Self.candidate, under: Fence(1)) { _ in }
        return "copied: \(report.words)"
    }

    private func signature() async throws -> String {
        var contents = ScriptedRegistry.Contents()
        let document = try contents.file([desk.signed(by: desk.release, of: image.top.digest)])
        for blob in contents.blobs.values { try await port.upload(blob, in: registry.repository) }
        let tag = try Tag("sha256-\(image.top.digest.hex).sig")
        try await port.put(document, as: tag, in: registry.repository, under: Fence(1))
        let rules = ImageRules(papers: [desk.signature], user: .notRoot)
        let reader = PaperReader(store: port, repository: registry.repository)
        let seen = try await ImageGate(rules: rules, platform: Self.here, reader: reader).prove(image.top.digest)
        return "holds: \(seen?.text ?? "nothing was asked")"
    }

    private func passport() async throws -> String {
        let owner = LedgerOwner(account: "baton", process: 1, host: "here", session: "one", since: Wall.now())
        let directory = LedgerDirectory("\(registry.scratch.path)/ledger")
        let leases = try SQLiteLedger.open(LedgerOwnership.take(directory, as: owner))
        let holder = LeaseHolder(
            owner: Account(name: "baton", proof: .agent, host: "here"), session: "one", promotion: PromotionNumber(7),
            reason: "passport of promotion 7")
        let office = PassportOffice(store: port, leases: leases, signer: desk.release, time: time, holder: holder)
        let pinned = PinnedImage(repository: registry.repository, digest: image.top.digest)
        switch await office.attach(try desk.record(), to: pinned) {
        case .attached: return "attached, and read back"
        case .failed(let reason): return "failed: \(reason)"
        }
    }

    private var time: TimeSource {
        TimeSource(clock: HastyClock(), read: { Wall.reading }, executor: RunnerQueue())
    }

    private func retention() async -> String {
        let reader = RetentionReader(store: port, repository: registry.repository, time: time)
        let reading = await reader.read(extra: [], known: [:], asksReferrers: true, readsBuildDates: false)
        if let obstacle = reading.obstacles.first {
            // Whose referrers are asked for first is a matter of chance: a signature has another digest each time.
            let words = obstacle.text.replacing(#/referrers of [0-9a-f]{8}/#, with: "what refers to a document")
            return "deletes nothing: \(words.replacing(#/sha256-[0-9a-f]{64}/#, with: "sha256-…"))"
        }
        let strange = reading.manifests.values.count { $0.isOpaque }
        let kept = strange == 0 ? "" : "; \(strange) of unknown type, kept with what it names"
        return "reads all: \(reading.tags.count) tags, \(reading.manifests.count) documents\(kept)"
    }
}

extension Tag {
    /// A tag that is known to be one.
    static func named(_ text: String) -> Tag {
        guard let tag = try? Tag(text) else { preconditionFailure("\(text) is no tag") }
        return tag
    }
}
