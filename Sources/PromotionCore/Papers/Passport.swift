/// What Baton attests of a promotion that succeeded: the predicate of the statement that travels with the image.
package struct PromotionRecord: Hashable, Sendable, Codable {
    /// One check that passed.
    package struct Check: Hashable, Sendable, Codable {
        package let name: CheckName
        package let title: SafeText

        package init(name: CheckName, title: SafeText) {
            self.name = name
            self.title = title
        }
    }

    /// The entry of the ledger that ended the promotion.
    package struct LedgerPlace: Hashable, Sendable, Codable {
        package let sequence: Int64
        package let hash: Digest

        package init(sequence: Int64, hash: Digest) {
            self.sequence = sequence
            self.hash = hash
        }
    }

    package let service: ServiceName
    package let repository: RepositoryName
    package let environment: EnvironmentName
    package let slot: SlotName
    /// The environment whose evidence it stood on; nil for the first of the path.
    package let from: EnvironmentName?
    /// What served before; nil where nothing did.
    package let replaced: Digest?
    package let promotion: PromotionNumber
    package let plan: Digest
    package let checks: [Check]
    /// Evidence that the promotion stood on, in words.
    package let evidence: [SafeText]
    package let actor: SafeText
    package let ledger: LedgerPlace
    /// RFC 3339, in UTC.
    package let startedAt: String
    package let finishedAt: String

    /// What the passport says of a promotion.
    /// - Parameters:
    ///   - end: the entry that ended it.
    ///   - evidence: what the ledger knew upstream.
    package init(of promotion: Promotion, endedBy end: LedgerEntry, evidence: [Evidence]) {
        let plan = promotion.plan
        service = plan.place.service
        repository = plan.repository
        environment = plan.place.environment
        slot = plan.slot
        from = plan.from
        replaced = plan.live?.release.digest
        self.promotion = promotion.number
        self.plan = plan.hash
        checks = plan.checks.filter { !$0.observeOnly }.map { Check(name: $0.name, title: $0.title) }
        self.evidence = evidence.suffix(Self.evidenceLimit).map { "\($0.environment): \($0.summary) by \($0.source.words)" }
        actor = promotion.startedBy.name
        ledger = LedgerPlace(sequence: end.sequence, hash: end.hash)
        startedAt = promotion.startedAt.description
        finishedAt = end.draft.at.description
    }

    /// Evidence that is named.
    static let evidenceLimit = 20
}

extension Evidence.Source {
    /// Who says so, in words.
    package var words: SafeText {
        switch self {
        case .baton(let number): "promotion \(number)"
        case .ci(let account): "\(account.name)"
        case .attestation(let key, _): "key \(key)"
        case .verification(let account): "verified by \(account.name)"
        }
    }
}

/// Signs with a key that only its owner holds.
package protocol Signer: Sendable {
    /// What verifies its signatures.
    var publicKey: PublicKey { get }
    /// A signature over exactly these bytes.
    func sign(_ message: [UInt8]) throws(Fault) -> [UInt8]
}

/// The form in which a promotion record hangs on an image.
package enum Passport {
    /// What kind of artifact it is.
    package static let artifactType = MediaType("application/vnd.baton.promotion.v1+json")
    /// What kind of statement it is.
    package static let predicateType = "urn:baton:promotion:v1"
    /// The empty object that stands where a manifest needs a configuration.
    package static let emptyConfiguration = Array("{}".utf8)

    /// A passport, ready to be stored: the blobs first, then the document that names them.
    package struct Draft: Hashable, Sendable {
        package let blobs: [[UInt8]]
        package let document: StoredDocument
    }

    /// Writes and signs a passport.
    /// - Parameter subject: the image's own document, as the registry has it.
    /// - Throws: `Fault` of the signer.
    package static func draft(
        _ record: PromotionRecord, on subject: Descriptor, by signer: any Signer
    ) throws(Fault) -> Draft {
        guard let written = try? CanonicalJSON.encode(record), let predicate = try? JSONParser.parse(written) else {
            throw Fault(.refused, "the promotion record cannot be written as JSON")
        }
        let statement = Statement(subjects: [subject.digest], predicateType: predicateType, predicate: predicate)
        let unsigned = Envelope(
            payloadType: Statement.payloadType, payload: statement.payload(naming: record.repository.text), signatures: [])
        let envelope = Envelope(
            payloadType: unsigned.payloadType, payload: unsigned.payload,
            signatures: [try signer.sign(unsigned.authenticated)]
        ).bytes(keyID: signer.publicKey.fingerprint)
        return Draft(
            blobs: [emptyConfiguration, envelope], document: document(around: envelope, on: subject, record))
    }

    private static func document(
        around envelope: [UInt8], on subject: Descriptor, _ record: PromotionRecord
    ) -> StoredDocument {
        let configuration = Descriptor(
            mediaType: .empty, digest: Digest(of: emptyConfiguration), size: Int64(emptyConfiguration.count))
        let layer = Descriptor(mediaType: Envelope.mediaType, digest: Digest(of: envelope), size: Int64(envelope.count))
        let annotations = [
            "org.opencontainers.image.created": record.finishedAt, "vnd.baton.environment": record.environment.text,
            "vnd.baton.predicate-type": predicateType,
        ]
        let bytes = JSONValue.object([
            .init("schemaVersion", .number("2")), .init("mediaType", .string(MediaType.ociManifest.text)),
            .init("artifactType", .string(artifactType.text)), .init("config", configuration.json),
            .init("layers", .array([layer.json])), .init("subject", subject.json),
            .init(
                "annotations", .object(annotations.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })),
        ]).bytes
        return StoredDocument(
            mediaType: .ociManifest, bytes: bytes,
            links: DocumentLinks(
                configuration: configuration, layers: [layer], subject: subject, artifactType: artifactType,
                annotations: annotations))
    }

    /// The record that a verified statement holds.
    /// - Throws: `PaperError`, `DecodingError` for a record of a later version.
    package static func record(in statement: Statement) throws -> PromotionRecord {
        guard statement.predicateType == predicateType else {
            throw PaperError.notAStatement(SafeText(statement.predicateType, limit: 80))
        }
        return try CanonicalJSON.decode(PromotionRecord.self, from: statement.predicate.bytes)
    }
}

extension Descriptor {
    /// As documents name other documents.
    fileprivate var json: JSONValue {
        .object([
            .init("mediaType", .string(mediaType.text)), .init("digest", .string(digest.description)),
            .init("size", .number("\(size)")),
        ])
    }
}
