/// Everything that was found to speak for one image.
package struct Papers: Hashable, Sendable {
    package let list: [Paper]
    /// Whether there was more than is read.
    package let isCut: Bool

    /// Papers of one image that are read.
    package static let limit = 64
    /// Bytes of all papers of one image that are read.
    package static let byteLimit = 32 << 20

    package init(_ list: [Paper], isCut: Bool = false) {
        self.list = list
        self.isCut = isCut
    }
}

/// Whose word an image needs before an environment takes it, and how many of them.
package struct PaperRule: Hashable, Sendable, Codable {
    /// What is asked for.
    package enum Kind: Hashable, Sendable, Codable {
        case signature
        /// A statement of this predicate type, exactly.
        case attestation(predicateType: SafeText)
    }

    package let kind: Kind
    package let keys: [TrustedKey]
    /// Different keys that must have signed.
    package let threshold: Int

    package init(kind: Kind, keys: [TrustedKey], threshold: Int) {
        self.kind = kind
        self.keys = keys
        self.threshold = threshold
    }

    /// What a rule came to. Absent, invalid and not verifiable are three answers, and none of them is yes.
    package enum Answer: Hashable, Sendable {
        case met([KeyIdentity])
        case absent
        case tooFew([KeyIdentity])
        case invalid(SafeText)
        case notVerifiable(SafeText)
    }

    /// What was found, for this image.
    package func answer(to papers: Papers, of digest: Digest) -> Answer {
        let examined = papers.list.map { $0.examine(of: digest, by: keys) }
        let found = examined.map(\.finding).filter { $0.claim == claim || $0.claim == .unknown }
        for paper in examined where paper.finding.claim == claim && !paper.finding.signers.isEmpty {
            if paper.statement?.saysNo == true {
                return .invalid("\(paper.finding.place): it is signed, and does not say passed")
            }
        }
        var signers: [KeyIdentity] = []
        for key in found.filter({ $0.claim == claim }).flatMap(\.signers)
        where !signers.contains(where: { $0.fingerprint == key.fingerprint }) { signers.append(key) }
        if signers.count >= threshold { return .met(signers) }
        if papers.isCut { return .notVerifiable("more papers hang on it than are read (\(Papers.limit))") }
        if !signers.isEmpty { return .tooFew(signers) }
        for finding in found {
            if case .invalid(let reason) = finding.verdict, finding.claim == claim {
                return .invalid("\(finding.place): \(reason)")
            }
        }
        for finding in found {
            if case .notVerifiable(let reason) = finding.verdict { return .notVerifiable("\(finding.place): \(reason)") }
        }
        for finding in found {
            if case .invalid(let reason) = finding.verdict { return .invalid("\(finding.place): \(reason)") }
        }
        return .absent
    }

    private var claim: PaperFinding.Claim {
        switch kind {
        case .signature: .signature
        case .attestation(let type): .attestation(predicateType: type)
        }
    }

    /// What a screen calls what is asked for.
    package var title: SafeText {
        switch kind {
        case .signature: "signature"
        case .attestation(let type): "attestation \(type)"
        }
    }
}
