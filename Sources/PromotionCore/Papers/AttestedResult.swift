/// A result that a signed attestation tells of an image.
package struct AttestedResult: Hashable, Sendable {
    package let key: KeyIdentity
    package let predicateType: SafeText
    package let passed: Int
    package let total: Int

    /// What the rule's attestations tell of an image; nothing where none of them is verified.
    ///
    /// One verified attestation that says no outweighs all others, whatever else hangs there; so no yes is told where not all of
    /// them were read.
    package static func read(_ rule: PaperRule, in papers: Papers, of digest: Digest) -> AttestedResult? {
        guard case .attestation(let type) = rule.kind else { return nil }
        let results = papers.list.compactMap { paper -> AttestedResult? in
            let examined = paper.examine(of: digest, by: rule.keys)
            guard examined.finding.claim == .attestation(predicateType: type), let key = examined.finding.signers.first,
                let statement = examined.statement
            else { return nil }
            return AttestedResult(key: key, predicateType: type, statement)
        }
        if let no = results.first(where: { $0.passed < $0.total }) { return no }
        guard !papers.isCut, !papers.list.contains(where: \.isUnreadable), case .met = rule.answer(to: papers, of: digest) else {
            return nil
        }
        return results.first
    }

    /// Test results name what passed and what did not; for other types it is one thing.
    private init(key: KeyIdentity, predicateType: SafeText, _ statement: Statement) {
        self.key = key
        self.predicateType = predicateType
        let passed = statement.predicate["passedTests"]?.elements?.count ?? 0
        let failed = statement.predicate["failedTests"]?.elements?.count ?? 0
        if statement.saysNo {
            (self.passed, total) = (passed, passed + max(1, failed))
        } else {
            (self.passed, total) = (max(1, passed), max(1, passed))
        }
    }
}

extension Statement {
    /// Whether what was attested did not pass, or does not say so where its type has a word for it (in-toto predicate
    /// `test-result/v0.1`; SLSA's verification summary). For any other type the signature itself is the result.
    package var saysNo: Bool {
        if !(predicate["failedTests"]?.elements ?? []).isEmpty { return true }
        let result = predicate["result"]?.text
        if predicateType.hasPrefix("https://in-toto.io/attestation/test-result/") {
            return result != "PASSED" && result != "WARNED"
        }
        if predicateType.hasPrefix("https://slsa.dev/verification_summary/") {
            return predicate["verificationResult"]?.text != "PASSED"
        }
        return result == "FAILED"
    }
}

extension ServiceProjection {
    /// The evidence that an attestation is; nil where the ledger knows it already, or knows better.
    ///
    /// An attestation carries no time that can be trusted. So it only ever speaks where the ledger has nothing against the
    /// image: what failed or was rolled back later is not outweighed by a paper that was there before.
    package func evidence(
        of result: AttestedResult, for image: DigestSet, in environment: EnvironmentName, at now: Timestamp
    ) -> Evidence? {
        let source = Evidence.Source.attestation(key: result.key, predicateType: result.predicateType)
        let known = evidence.filter { $0.environment == environment && image.contains($0.digest) }
        // What the same key said of it before is told again only where it has another word for it by now.
        if let last = known.last(where: { $0.source.isSameWord(as: source) }), last.passed == result.passed,
            last.total == result.total
        {
            return nil
        }
        if result.passed == result.total {
            guard known.allSatisfy(\.isWhole), environments[environment]?.veto(on: image) == nil else { return nil }
        }
        return Evidence(
            digest: image.top, environment: environment, source: source, at: now, passed: result.passed, total: result.total,
            note: nil)
    }

    /// The same with evidence that is not in the ledger yet.
    package func counting(_ found: [Evidence]) -> ServiceProjection {
        var copy = self
        for evidence in found { copy.record(evidence) }
        return copy
    }
}
