import PromotionCore
import PromotionRunner
import Remotes
import Testing

/// A registry's papers as they are found, and what a rule makes of them.
struct PaperCase: Sendable, CustomTestStringConvertible {
    typealias Filling = @Sendable (PaperDesk, inout ScriptedRegistry.Contents) throws -> Void
    typealias Lie = @Sendable (PaperDesk, ScriptedRegistry.Request) -> ScriptedRegistry.Reply?

    let testDescription: String
    /// Pieces of what is said in the end.
    let says: String
    let filling: Filling
    let lie: Lie

    init(_ what: String, says: String, _ filling: @escaping Filling, lie: @escaping Lie = { _, _ in nil }) {
        (testDescription, self.says, self.filling, self.lie) = (what, says, filling, lie)
    }

    private static func signed(_ desk: PaperDesk, _ contents: inout ScriptedRegistry.Contents) throws {
        try contents.file([desk.signed(by: desk.release)], under: desk.signatures)
    }

    static let honest: [PaperCase] = [
        .init("nothing", says: "absent") { _, _ in },
        .init("a signature under cosign's tag", says: "met: release", signed),
        .init("a signature by a key that was taken out", says: "invalid: sha256-…") { desk, contents in
            try contents.file([desk.signed(by: desk.stranger)], under: desk.signatures)
        },
        .init("signatures by the old key and by the new one", says: "met: release") { desk, contents in
            try contents.file(
                [desk.signed(by: desk.stranger), desk.signed(by: desk.release)], under: desk.signatures)
        },
        .init("a signature of another image", says: "not this image") { desk, contents in
            try contents.file([desk.signed(by: desk.release, of: desk.other.top.digest)], under: desk.signatures)
        },
        .init("a notation signature among the referrers", says: "not verifiable: referrer") { desk, contents in
            let paper = try contents.file([], subject: desk.image.top, type: Paper.notation)
            try contents.list([paper], under: desk.list)
        },
        .init("more signatures in one document than are read, the right one first", says: "met: release") { desk, contents in
            let many = try (0..<32).map { _ in try desk.signed(by: desk.stranger) }
            try contents.file([desk.signed(by: desk.release)] + many, under: desk.signatures)
        },
        .init("more signatures in one document than are read, the right one last", says: "more papers hang on it") {
            desk, contents in
            let many = try (0..<32).map { _ in try desk.signed(by: desk.stranger) }
            try contents.file(many + [desk.signed(by: desk.release)], under: desk.signatures)
        },
        .init("more referrers than are read", says: "more papers hang on it than are read (64)") { desk, contents in
            let papers = try (0..<66).map { _ in
                try contents.file([desk.signed(by: desk.stranger)], subject: desk.image.top)
            }
            try contents.list(papers, under: desk.list)
        },
        .init("seventy passports, and a signature listed behind them", says: "met: release") { desk, contents in
            var papers = try (0..<70).map { _ in
                try contents.file([desk.attested(by: desk.stranger)], subject: desk.image.top, type: Passport.artifactType)
            }
            papers.append(try contents.file([desk.signed(by: desk.release)], subject: desk.image.top))
            try contents.list(papers, under: desk.list)
        },
    ]

    static let broken: [PaperCase] = [
        .init("a tag whose document is gone", says: "not verifiable: sha256-…: what the tag names is missing", signed) {
            desk, request in
            request.method == "GET" && request.rest.hasPrefix("manifests/sha256:") && !FaultWorld.asks(request, for: desk.digest)
                ? .error(404, "MANIFEST_UNKNOWN") : nil
        },
        .init("a document of a kind that nobody knows", says: "application/x-unknown is not read by this version") {
            desk, contents in
            let bytes = Array(#"{"schemaVersion":2,"mediaType":"application/x-unknown"}"#.utf8)
            let document = try StoredDocument(parsing: bytes, as: MediaType("application/x-unknown"))
            contents.documents[document.digest] = document
            contents.tags[desk.signatures] = document.digest
        },
        .init("a document that is two things at once", says: "neither an index nor a manifest") { desk, contents in
            let document = StoredDocument(
                mediaType: .ociManifest, bytes: Array(#"{"schemaVersion":2,"manifests":[],"layers":[]}"#.utf8))
            contents.documents[document.digest] = document
            contents.tags[desk.signatures] = document.digest
        },
        .init("a signature whose bytes are gone", says: "not verifiable: sha256-…: its blob is missing", signed) { _, request in
            request.rest.hasPrefix("blobs/") ? .error(404, "BLOB_UNKNOWN") : nil
        },
        .init("a signature with other bytes", says: "they were dropped", signed) { _, request in
            request.rest.hasPrefix("blobs/") ? .answer(200, body: Array("other".utf8)) : nil
        },
        .init("a signature that says it is too large", says: "it has 70000 bytes, more than the 65536 that are read") {
            desk, contents in
            var layer = try desk.signed(by: desk.release)
            layer.size = 70_000
            try contents.file([layer], under: desk.signatures)
        },
        .init("a signature that says it is smaller than it is", says: "and is said to have 5") { desk, contents in
            var layer = try desk.signed(by: desk.release)
            layer.size = 5
            try contents.file([layer], under: desk.signatures)
        },
        .init("a signature that does not end", says: "more than the 65536", signed) { _, request in
            guard request.rest.hasPrefix("blobs/") else { return nil }
            let piece = String(repeating: " ", count: 60_000)
            return .endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", then: "ea60\r\n\(piece)\r\n")
        },
        .init("a paper that is no JSON, beside a good one", says: "met: release") { desk, contents in
            let broken = PaperDesk.Layer(type: Envelope.mediaType, bytes: Array("{".utf8))
            try contents.file([broken, desk.signed(by: desk.release)], under: desk.signatures)
        },
        .init("a paper that is no JSON, alone", says: "invalid: sha256-…: the JSON document ends too early") { desk, contents in
            try contents.file([PaperDesk.Layer(type: Envelope.mediaType, bytes: Array("{".utf8))], under: desk.signatures)
        },
    ]

    static let silent: [PaperCase] = [
        .init("a blob that breaks off", says: "broke: ", signed) { _, request in
            request.rest.hasPrefix("blobs/") ? .raw("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{") : nil
        },
        .init("a registry that fails where referrers are listed", says: "broke: ", signed) { _, request in
            request.rest.hasPrefix("referrers/") ? .error(500, "UNKNOWN") : nil
        },
        .init("a registry that forbids to look", says: "refused: ", signed) { desk, request in
            request.rest == "manifests/\(desk.signatures)" ? .error(403, "DENIED") : nil
        },
        .init("a page of somebody else's in place of a tag", says: "a 404 that is not a registry's", { _, _ in }) {
            desk, request in
            request.rest == "manifests/\(desk.signatures)"
                ? .answer(404, ["Content-Type": "text/html"], body: Array("<html>".utf8)) : nil
        },
        .init("a registry that is away", says: "broke: ", signed) { _, _ in .reset },
        .init("referrers without end", says: "more referrers than are read", signed) { desk, request in
            guard request.rest.hasPrefix("referrers/") else { return nil }
            let page = Int(request.rest.split(separator: "=").last ?? "") ?? 0
            let entries = Array(repeating: SampleImage.entry(desk.other.top), count: 1_000).joined(separator: ",")
            return FaultWorld.document(
                #"{"schemaVersion":2,"mediaType":"\#(MediaType.ociIndex.text)","manifests":[\#(entries)]}"#, .ociIndex,
                ["Link": #"</v2/shop/payments/referrers/\#(desk.digest)?page=\#(page + 1)>; rel="next""#])
        },
    ]
}

@Suite struct `What hangs on an image` {
    @Test(arguments: PaperCase.honest + PaperCase.broken + PaperCase.silent)
    func `is met, absent, invalid or not verifiable, and silence is none of them`(_ row: PaperCase) async throws {
        let desk = try PaperDesk()
        var contents = desk.contents
        try row.filling(desk, &contents)
        let said = try await Self.read(desk, contents, { request, _ in row.lie(desk, request) }) { reader in
            Self.words(of: desk.signature.answer(to: try await reader.papers(on: desk.digest), of: desk.digest))
        }
        #expect(said.contains(row.says), "it said: \(said)")
        #expect(!row.says.hasPrefix("met") == !said.hasPrefix("met"))
    }

    /// A registry with the referrers API, one without it, and one whose lists differ.
    @Test(arguments: [(api: true, tag: false), (false, true), (true, true)])
    func `is found in the referrers API, in the list under a tag, and in both`(api: Bool, tag: Bool) async throws {
        let desk = try PaperDesk()
        var contents = desk.contents
        let one = try contents.file([desk.signed(by: desk.release)], subject: desk.image.top)
        let two = try contents.file([desk.attested(by: desk.release)], subject: desk.image.top)
        if tag { try contents.list([two] + (api ? [] : [one]), under: desk.list) }
        let listed = tag ? [one] : [one, two]
        let papers = try await Self.papers(desk, contents) { request, _ in
            guard api, request.rest.hasPrefix("referrers/") else { return nil }
            let entries = listed.map { SampleImage.entry($0.descriptor) }.joined(separator: ",")
            return FaultWorld.document(
                #"{"schemaVersion":2,"mediaType":"\#(MediaType.ociIndex.text)","manifests":[\#(entries)]}"#, .ociIndex)
        }
        #expect(papers.list.count == 2 && !papers.isCut)
        guard case .met = desk.signature.answer(to: papers, of: desk.digest),
            case .met = desk.attestation.answer(to: papers, of: desk.digest)
        else {
            Issue.record("\(papers)")
            return
        }
    }

    @Test func `never lets a failed result be flooded out of sight`() async throws {
        let desk = try PaperDesk()
        var contents = desk.contents
        var papers = [try contents.file([desk.attested(by: desk.release)], subject: desk.image.top)]
        func result(_ contents: ScriptedRegistry.Contents) async throws -> AttestedResult? {
            .read(desk.attestation, in: try await Self.papers(desk, contents), of: desk.digest)
        }
        try contents.list(papers, under: desk.list)
        #expect(try await result(contents).map { [$0.passed, $0.total] } == [1, 1])
        for _ in 0..<64 { papers.append(try contents.file([desk.attested(by: desk.stranger)], subject: desk.image.top)) }
        papers.append(try contents.file([desk.attested(by: desk.release, failed: ["load"])], subject: desk.image.top))
        try contents.list(papers, under: desk.list)
        #expect(try await result(contents) == nil)
    }

    /// What a reader says of the image in a registry that lies so; a fault in its own words.
    static func read(
        _ desk: PaperDesk, _ contents: ScriptedRegistry.Contents, _ script: @escaping ScriptedRegistry.Script,
        _ ask: (PaperReader) async throws -> String
    ) async throws -> String {
        let registry = try ScriptedRegistry(contents, script)
        let (scratch, transport) = (try Scratch(), try RegistryTransport(limits: FaultWorld.limits))
        let client = RegistryClient(
            address: try #require(registry.address), transport: transport, limits: FaultWorld.limits, now: Wall.now)
        let port = DistributionRegistry(client: client, state: scratch.path)
        let said: String
        do { said = try await ask(PaperReader(store: port, repository: desk.repository)) } catch let fault as Fault {
            said = "\(fault.kind.rawValue): \(fault.reason)"
        }
        await transport.close()
        return said.replacing(#/sha256-[0-9a-f]{64}\.(sig|att)/#) { _ in "sha256-…" }
    }

    private static func papers(
        _ desk: PaperDesk, _ contents: ScriptedRegistry.Contents,
        _ script: @escaping ScriptedRegistry.Script = { _, _ in nil }
    ) async throws -> Papers {
        var found: Papers?
        let said = try await read(desk, contents, script) { reader in
            found = try await reader.papers(on: desk.digest)
            return "read"
        }
        return try #require(found, "\(said)")
    }

    private static func words(of answer: PaperRule.Answer) -> String {
        switch answer {
        case .met(let keys): "met: " + keys.map(\.name.text).joined(separator: ", ")
        case .absent: "absent"
        case .tooFew(let keys): "too few: \(keys.count)"
        case .invalid(let reason): "invalid: \(reason)"
        case .notVerifiable(let reason): "not verifiable: \(reason)"
        }
    }
}
