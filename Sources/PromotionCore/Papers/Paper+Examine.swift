extension Paper {
    /// A paper that was looked into: the finding, and the statement where it holds one.
    package struct Examined: Hashable, Sendable {
        package let finding: PaperFinding
        /// Nil for the tag form, and for what could not be read. Believe it only where the finding is verified.
        package let statement: Statement?
    }

    /// Looks into the paper.
    ///
    /// The order is the whole of it: the signature over the exact bytes first, then what they say, then that they say it of
    /// this digest and no other.
    /// - Parameters:
    ///   - digest: what will be put where the tag names it: the index, not one platform of it.
    ///   - keys: the keys whose word counts.
    package func examine(of digest: Digest, by keys: [TrustedKey]) -> Examined {
        switch form {
        case .simpleSigning(let payload, let signature):
            let verdict = examine(payload: payload, signature: signature, of: digest, by: keys)
            return Examined(finding: finding(.signature, verdict), statement: nil)
        case .envelope(let bytes):
            do throws(PaperError) {
                return examine(try Envelope(parsing: bytes), of: digest, by: keys, isKeyless: hasCertificate)
            } catch { return unreadable("\(error)") }
        case .bundle(let bytes):
            do throws(PaperError) { return try examine(bundle: bytes, of: digest, by: keys) } catch {
                return unreadable("\(error)")
            }
        case .unknown(let type):
            return Examined(
                finding: finding(.unknown, .notVerifiable("\(type) is not read by this version")), statement: nil)
        case .unreadable(let reason):
            return Examined(finding: finding(.unknown, .notVerifiable(reason)), statement: nil)
        }
    }

    private func finding(_ claim: PaperFinding.Claim, _ verdict: PaperFinding.Verdict) -> PaperFinding {
        PaperFinding(place: place, claim: claim, verdict: verdict)
    }

    private func unreadable(_ reason: SafeText) -> Examined {
        Examined(finding: finding(.unknown, .invalid(reason)), statement: nil)
    }

    // MARK: The tag form

    private func examine(
        payload: [UInt8], signature: String?, of digest: Digest, by keys: [TrustedKey]
    ) -> PaperFinding.Verdict {
        guard let signature, let bytes = Base64.decode(signature) else {
            return .invalid("its signature is missing or no base64")
        }
        let signers = keys.distinct.filter { $0.key.verifies(bytes, of: payload) }.map(\.identity)
        if signers.isEmpty { return Self.unsigned(keys, isKeyless: hasCertificate) }
        do throws(PaperError) {
            let critical = try JSONValue.paper(payload, limit: Self.payloadLimit)["critical"] ?? .null
            let type = try critical.text("type")
            guard Self.signatureTypes.contains(type) else {
                return .invalid("it is a \(SafeText(type, limit: 60)), no signature")
            }
            let named = try (critical["image"] ?? .null).text("docker-manifest-digest")
            guard named == digest.description else { return .invalid("it signs \(SafeText(named, limit: 80)), not this image") }
            return .verified(signers)
        } catch { return .invalid("\(error)") }
    }

    private static let signatureTypes = [
        "cosign container image signature", "atomic container signature", signaturePredicate,
    ]

    // MARK: Envelopes

    /// - Parameter isKeyless: whether a certificate speaks for the key instead of the configuration.
    private func examine(_ envelope: Envelope, of digest: Digest, by keys: [TrustedKey], isKeyless: Bool) -> Examined {
        let statement: Statement
        do throws(PaperError) { statement = try Statement(of: envelope) } catch { return unreadable("\(error)") }
        let claim: PaperFinding.Claim =
            statement.predicateType == Self.signaturePredicate
            ? .signature : .attestation(predicateType: SafeText(statement.predicateType, limit: 200))
        let signers = envelope.signers(among: keys)
        let verdict: PaperFinding.Verdict =
            if signers.isEmpty {
                Self.unsigned(keys, isKeyless: isKeyless)
            } else if !statement.subjects.contains(digest) {
                .invalid("it speaks of \(Self.words(of: statement.subjects)), not of this image")
            } else {
                .verified(signers)
            }
        return Examined(finding: finding(claim, verdict), statement: statement)
    }

    private static func words(of subjects: [Digest]) -> SafeText {
        guard let first = subjects.first else { return "no digest" }
        return subjects.count == 1 ? "\(first.short())" : "\(first.short()) and \(subjects.count - 1) more"
    }

    private static func unsigned(_ keys: [TrustedKey], isKeyless: Bool) -> PaperFinding.Verdict {
        if isKeyless { return .notVerifiable("it was made without a key (keyless), and only configured keys are verified") }
        if keys.isEmpty { return .notVerifiable("no key is configured to verify it with") }
        let names = keys.distinct.prefix(5).map(\.name.text).joined(separator: ", ")
        return .invalid("it was signed by none of \(SafeText(names, limit: 200)), or was altered since")
    }

    // MARK: Bundles

    private func examine(bundle bytes: [UInt8], of digest: Digest, by keys: [TrustedKey]) throws(PaperError) -> Examined {
        let root = try JSONValue.paper(bytes, limit: Envelope.byteLimit)
        let type = try root.text("mediaType")
        guard type == Self.bundle.text else {
            return Examined(
                finding: finding(.unknown, .notVerifiable("\(SafeText(type, limit: 100)) is not read by this version")),
                statement: nil)
        }
        let material = root["verificationMaterial"]
        let isKeyless = material?["certificate"] != nil || material?["x509CertificateChain"] != nil
        guard let envelope = root["dsseEnvelope"] else {
            return Examined(
                finding: finding(.unknown, .notVerifiable("the bundle holds no envelope, and no other content is read")),
                statement: nil)
        }
        return examine(try Envelope(envelope), of: digest, by: keys, isKeyless: isKeyless)
    }
}

extension [TrustedKey] {
    /// Each key once, whatever names it has.
    var distinct: [TrustedKey] {
        var seen: Set<Digest> = []
        return filter { seen.insert($0.key.fingerprint).inserted }
    }
}
