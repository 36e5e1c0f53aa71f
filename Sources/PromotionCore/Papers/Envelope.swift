/// A signed payload (DSSE version 1, "Envelope"): what was signed, of which type, and every signature over both.
package struct Envelope: Hashable, Sendable {
    package let payloadType: String
    package let payload: [UInt8]
    package let signatures: [[UInt8]]

    /// Bytes of an envelope that are read; statements with a bill of materials are the largest.
    package static let byteLimit = 8 << 20
    /// Signatures of one envelope that are tried.
    package static let signatureLimit = 16
    /// The type of the layer that holds an envelope.
    package static let mediaType = MediaType("application/vnd.dsse.envelope.v1+json")

    package init(payloadType: String, payload: [UInt8], signatures: [[UInt8]]) {
        self.payloadType = payloadType
        self.payload = payload
        self.signatures = signatures
    }

    /// Parses an envelope.
    /// - Throws: `PaperError`.
    package init(parsing bytes: [UInt8]) throws(PaperError) {
        try self.init(try JSONValue.paper(bytes, limit: Self.byteLimit))
    }

    /// The envelope of a parsed document. Its `keyid` is a hint that nobody signed: it is not looked at.
    init(_ document: JSONValue) throws(PaperError) {
        payloadType = try document.text("payloadType")
        guard let payload = Base64.decode(try document.text("payload"), urlSafe: true) else { throw .base64("payload") }
        guard let listed = document["signatures"]?.elements else { throw .missing("signatures") }
        guard listed.count <= Self.signatureLimit else { throw .tooMany("signatures", limit: Self.signatureLimit) }
        self.payload = payload
        signatures = try listed.map { entry throws(PaperError) in
            guard let signature = Base64.decode(try entry.text("sig"), urlSafe: true) else { throw .base64("sig") }
            return signature
        }
    }

    /// What is signed: the payload with its type, so that neither can be taken for another (DSSE version 1, "PAE").
    package var authenticated: [UInt8] {
        let type = Array(payloadType.utf8)
        return Array("DSSEv1 \(type.count) ".utf8) + type + Array(" \(payload.count) ".utf8) + payload
    }

    /// The keys whose holders signed it, each once.
    package func signers(among keys: [TrustedKey]) -> [KeyIdentity] {
        let message = authenticated
        var found: [KeyIdentity] = []
        for key in keys where !found.contains(where: { $0.fingerprint == key.key.fingerprint }) {
            if signatures.contains(where: { key.key.verifies($0, of: message) }) { found.append(key.identity) }
        }
        return found
    }

    /// The envelope as JSON.
    /// - Parameter keyID: a hint for whoever looks for the key.
    package func bytes(keyID: Digest) -> [UInt8] {
        let listed = signatures.map { signature in
            JSONValue.object([.init("keyid", .string(keyID.hex)), .init("sig", .string(Base64.encode(signature)))])
        }
        return JSONValue.object([
            .init("payloadType", .string(payloadType)), .init("payload", .string(Base64.encode(payload))),
            .init("signatures", .array(listed)),
        ]).bytes
    }
}

/// What somebody says about artifacts that are named by their digest (in-toto attestation framework, "Statement").
package struct Statement: Hashable, Sendable {
    /// Digests that it speaks of; subjects that are named by another algorithm alone are left out.
    package let subjects: [Digest]
    package let predicateType: String
    package let predicate: JSONValue

    /// The type of a payload that is a statement.
    package static let payloadType = "application/vnd.in-toto+json"
    /// Subjects of one statement that are read.
    package static let subjectLimit = 1_000
    private static let types = ["https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"]

    package init(subjects: [Digest], predicateType: String, predicate: JSONValue) {
        self.subjects = subjects
        self.predicateType = predicateType
        self.predicate = predicate
    }

    /// Parses the payload of an envelope.
    /// - Throws: `PaperError`.
    package init(of envelope: Envelope) throws(PaperError) {
        guard envelope.payloadType == Self.payloadType else { throw .payloadType(SafeText(envelope.payloadType, limit: 80)) }
        let root = try JSONValue.paper(envelope.payload, limit: Envelope.byteLimit)
        let type = try root.text("_type")
        guard Self.types.contains(type) else { throw .notAStatement(SafeText(type, limit: 80)) }
        guard let listed = root["subject"]?.elements else { throw .missing("subject") }
        guard listed.count <= Self.subjectLimit else { throw .tooMany("subjects", limit: Self.subjectLimit) }
        var digests: [Digest] = []
        for subject in listed {
            guard let hex = subject["digest"]?["sha256"]?.text else { continue }
            do { digests.append(try Digest(parsing: "sha256:" + hex)) } catch { throw .digest(error) }
        }
        subjects = digests
        predicateType = try root.text("predicateType")
        predicate = root["predicate"] ?? .null
    }

    /// The statement as the payload of an envelope.
    /// - Parameter name: what the subject is called, for people.
    package func payload(naming name: String) -> [UInt8] {
        let listed = subjects.map { digest in
            JSONValue.object([
                .init("name", .string(name)), .init("digest", .object([.init("sha256", .string(digest.hex))])),
            ])
        }
        return JSONValue.object([
            .init("_type", .string(Self.types[0])), .init("subject", .array(listed)),
            .init("predicateType", .string(predicateType)), .init("predicate", predicate),
        ]).bytes
    }
}
