internal import NIOHTTP1
package import PromotionCore

/// What names a manifest in a request.
package enum ManifestReference: Hashable, Sendable, CustomStringConvertible {
    case tag(Tag)
    case digest(Digest)

    package var description: String {
        switch self {
        case .tag(let tag): tag.text
        case .digest(let digest): digest.description
        }
    }
}

/// What became of a stored tag, as far as the answer tells.
enum PutOutcome: Sendable {
    /// 201; the fields tell what else was done.
    case created(RegistryAnswer)
    /// 412: a condition did not hold, or a rule of the registry keeps the tag as it is; only a look at the tag tells.
    case conditionFailed(words: SafeText)
    /// Nobody knows whether it was carried out.
    case unknown(RegistryError)
    /// There was no time left to send it in.
    case notSent
}

extension RegistryClient {
    /// All four types, always: a registry answers 404 to one that is not named here.
    static let accept = (name: "accept", value: MediaType.documents.map(\.text).joined(separator: ", "))

    func path(_ repository: RepositoryName, _ rest: String) -> String { "/v2/\(repository.text)/\(rest)" }

    func manifestPath(_ reference: ManifestReference, _ repository: RepositoryName) -> String {
        path(repository, "manifests/\(reference.description)")
    }

    /// What a tag names and the tag's own validator, by HEAD.
    enum Named: Sendable {
        case digest(Digest, etag: String?)
        /// It still names what the validator stood for.
        case unchanged
        case absent
    }

    /// What a tag names, by HEAD; by GET where the answer does not say.
    /// - Parameter etag: a validator from before.
    func head(
        _ tag: Tag, in repository: RepositoryName, unless etag: String? = nil, scopes: [TokenScope]? = nil
    ) async throws(RegistryError) -> Named {
        var request = RegistryRequest.read(
            .HEAD, manifestPath(.tag(tag), repository), scopes: scopes ?? [.reading(repository)], limits)
        request.fields = [Self.accept]
        if let etag { request.fields.append(("if-none-match", etag)) }
        let answer = try await perform(request)
        switch answer.status {
        case 200:
            if let announced = answer.announcedDigest, let digest = try? Digest(parsing: announced) {
                return .digest(digest, etag: answer.field("etag"))
            }
            return try await document(.tag(tag), in: repository, scopes: scopes).map { .digest($0.digest, etag: nil) } ?? .absent
        case 304 where etag != nil: return .unchanged
        // The answer to HEAD has no body that could tell absence from a wrong address: ask again with GET.
        case 404:
            return try await document(.tag(tag), in: repository, scopes: scopes).map { .digest($0.digest, etag: nil) } ?? .absent
        default: throw .unexpected(status: answer.status, words: answer.errors.words)
        }
    }

    /// A document by tag or digest, its bytes proven; nil where the registry says, asked twice, that it does not exist.
    /// - Parameter leniently: whether one that is no document that can be read is given as one of an unknown type.
    package func document(
        _ reference: ManifestReference, in repository: RepositoryName, scopes: [TokenScope]? = nil, leniently: Bool = false
    ) async throws(RegistryError) -> StoredDocument? {
        var request = RegistryRequest.read(
            path: manifestPath(reference, repository), limit: ImageDocument.byteLimit, scopes: scopes ?? [.reading(repository)],
            limits)
        request.fields = [Self.accept]
        for attempt in 1...2 {
            let answer = try await perform(request)
            switch answer.status {
            case 200:
                existence.note(repository)
                return try Self.proven(answer, reference, leniently)
            case 404:
                let errors = answer.errors
                guard errors.saysAbsent else { throw .unproven(errors) }
                if attempt == 2 { try await proveVisible(repository, errors) }
            default: throw .unexpected(status: answer.status, words: answer.errors.words)
            }
        }
        return nil
    }

    /// The document of an answer: header, bytes and type must say the same.
    private static func proven(
        _ answer: RegistryAnswer, _ reference: ManifestReference, _ leniently: Bool
    ) throws(RegistryError) -> StoredDocument {
        if let coding = answer.field("content-encoding"), coding.lowercased() != "identity" {
            throw .encoded(SafeText(coding, limit: 40))
        }
        let body = SignedManifest.payload(of: answer.body, as: answer.mediaType) ?? answer.body
        let found = Digest(of: body)
        if case .digest(let wanted) = reference, found != wanted { throw .wrongDigest(wanted: wanted, found: found) }
        if let announced = answer.announcedDigest, announced != found.description, announced.hasPrefix("sha256:") {
            throw .announcedDigest(announced: SafeText(announced, limit: 80), found: found)
        }
        do { return try StoredDocument(parsing: body, as: answer.mediaType) } catch {
            guard leniently else { throw .document(error) }
            return StoredDocument(mediaType: answer.mediaType ?? MediaType("unknown"), bytes: body)
        }
    }

    /// Absence of one thing is believed once something of the repository was seen: without a right to it, a registry says 404 too.
    private func proveVisible(_ repository: RepositoryName, _ errors: ErrorBody) async throws(RegistryError) {
        if existence.knows(repository) { return }
        guard !errors.saysNoRepository else {
            if existence.mayBeMissing(repository) { return }
            throw .noRepository(words: errors.words)
        }
        let request = RegistryRequest.read(
            path: path(repository, "tags/list?n=1"), limit: RegistryLimits.page, scopes: [.reading(repository)], limits)
        let answer = try await perform(request)
        switch answer.status {
        case 200: existence.note(repository)
        case 404 where answer.errors.saysAbsent && existence.mayBeMissing(repository): return
        case 404 where answer.errors.saysAbsent: throw .noRepository(words: answer.errors.words)
        case 404: throw .unproven(answer.errors)
        default: throw .unexpected(status: answer.status, words: answer.errors.words)
        }
    }

    /// Stores exact bytes under a tag or their digest.
    /// - Parameters:
    ///   - expected: what the tag must name; a condition that most registries ignore, so it protects nothing by itself.
    ///   - sentBy: until when it may be sent.
    /// - Throws: where the registry refused and nothing was changed.
    func put(
        _ document: StoredDocument, as reference: ManifestReference, in repository: RepositoryName,
        expecting expected: Expectation, sentBy: Timestamp? = nil
    ) async throws(RegistryError) -> PutOutcome {
        var request = RegistryRequest.change(
            .PUT, manifestPath(reference, repository), scopes: [.writing(repository)], limits)
        request.fields = [("content-type", document.mediaType.text)]
        // Under its digest it is the same document however often it is put.
        if case .digest = reference { request.isRepeatable = true }
        switch expected {
        case .anything: break
        case .absent: request.fields.append(("if-none-match", "*"))
        case .digest(let digest): request.fields.append(("if-match", "\"\(digest)\""))
        }
        request.body = .bytes(document.bytes)
        request.sentBy = sentBy
        let answer: RegistryAnswer
        do throws(RegistryError) { answer = try await perform(request) } catch {
            switch error {
            case .notSent: return .notSent
            case .noAnswer(let problem) where !problem.isBeforeSending: return .unknown(error)
            case .serverError(503, let words): throw .readOnly(status: 503, words: words)
            case .serverError: return .unknown(error)
            default: throw error
            }
        }
        switch answer.status {
        case 200...299:
            if let announced = answer.announcedDigest, announced != document.digest.description {
                return .unknown(.announcedDigest(announced: SafeText(announced, limit: 80), found: document.digest))
            }
            existence.note(repository)
            return .created(answer)
        case 412: return .conditionFailed(words: answer.errors.words)
        case 405: throw .readOnly(status: 405, words: answer.errors.words)
        default: throw .unexpected(status: answer.status, words: answer.errors.words)
        }
    }

    /// What a tag is expected to name.
    enum Expectation: Sendable {
        case anything
        case absent
        case digest(Digest)
    }
}

extension HTTPFailure.Problem {
    /// Whether it is certain that the request never reached the other side.
    var isBeforeSending: Bool {
        switch self {
        case .unknownHost, .notAURL: true
        case .connection(let words):
            ["refused", "certificate", "TLS", "no connection", "unreachable"].contains { words.text.contains($0) }
        case .proxy(let words):
            ["refused", "does not connect", "asks for a name", "no address of a proxy", "not resolve", "unreachable"].contains {
                words.text.contains($0)
            }
        case .late, .closedEarly, .notHTTP, .tooLong, .cancelled, .other: false
        }
    }
}

extension RegistryRequest {
    /// A GET.
    static func read(path: String, limit: Int, scopes: [TokenScope], _ limits: RegistryLimits) -> RegistryRequest {
        read(.GET, path, limit: limit, scopes: scopes, limits)
    }
}

extension RegistryClient {
    /// Whether a document is there, by HEAD; a 404 is asked again with GET.
    func exists(_ digest: Digest, in repository: RepositoryName) async throws(RegistryError) -> Bool {
        var request = RegistryRequest.read(
            .HEAD, manifestPath(.digest(digest), repository), scopes: [.reading(repository)], limits)
        request.fields = [Self.accept]
        let answer = try await perform(request)
        switch answer.status {
        case 200: return true
        case 404: return try await document(.digest(digest), in: repository) != nil
        default: throw .unexpected(status: answer.status, words: answer.errors.words)
        }
    }
}
