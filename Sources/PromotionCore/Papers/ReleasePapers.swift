/// What speaks for one image, verified: for a screen and for the command line, never part of the board.
package struct ReleasePapers: Hashable, Sendable, Codable {
    /// One promotion that the image has been through, as its passport tells.
    package struct Stamp: Hashable, Sendable, Codable {
        package let place: SafeText
        /// Nil where the passport cannot be read, or nobody vouches for it: what it says is anybody's text then.
        package let record: PromotionRecord?
        package let verdict: PaperFinding.Verdict

        package init(place: SafeText, record: PromotionRecord?, verdict: PaperFinding.Verdict) {
            self.place = place
            self.record = record
            self.verdict = verdict
        }
    }

    package let digest: Digest
    /// Signatures and attestations, passports not among them.
    package let findings: [PaperFinding]
    /// Oldest first.
    package let passports: [Stamp]
    /// Whether there was more than is read.
    package let isCut: Bool

    package init(digest: Digest, findings: [PaperFinding], passports: [Stamp], isCut: Bool) {
        self.digest = digest
        self.findings = findings
        self.passports = passports
        self.isCut = isCut
    }

    /// Looks into every paper of an image.
    /// - Parameters:
    ///   - keys: keys whose signatures and attestations count.
    ///   - passportKeys: keys whose passports count; a key that signs images does not vouch for promotions.
    package static func examine(
        _ papers: Papers, of digest: Digest, by keys: [TrustedKey], passportKeys: [TrustedKey]
    ) -> ReleasePapers {
        var findings: [PaperFinding] = []
        var stamps: [Stamp] = []
        for paper in papers.list {
            let passport = paper.examine(of: digest, by: passportKeys)
            guard let statement = passport.statement, statement.predicateType == Passport.predicateType else {
                findings.append(paper.examine(of: digest, by: keys).finding)
                continue
            }
            var record: PromotionRecord?
            var verdict = passport.finding.verdict
            if case .verified = verdict {
                record = try? Passport.record(in: statement)
                if record == nil { verdict = .invalid("its record is of another version") }
            }
            stamps.append(Stamp(place: paper.place, record: record, verdict: verdict))
        }
        stamps.sort { ($0.record?.finishedAt ?? "", $0.place.text) < ($1.record?.finishedAt ?? "", $1.place.text) }
        return ReleasePapers(digest: digest, findings: findings, passports: stamps, isCut: papers.isCut)
    }
}
