import Console
import PromotionCore

extension World {
    /// What speaks for the release in staging: a signature, an attestation, one that is not what it claims, and a passport.
    static func papers() throws -> ReleasePapers {
        let release = KeyIdentity(fingerprint: Digest(of: Array("release key".utf8)), name: "release")
        let ours = KeyIdentity(fingerprint: Digest(of: Array("agent key".utf8)), name: "this agent")
        let record = try CanonicalJSON.decode(PromotionRecord.self, from: Array(Self.record.utf8))
        return ReleasePapers(
            digest: a.digest,
            findings: [
                PaperFinding(place: "sha256-4be1.sig", claim: .signature, verdict: .verified([release])),
                PaperFinding(
                    place: "referrer 1", claim: .attestation(predicateType: "https://slsa.dev/provenance/v1"),
                    verdict: .verified([release])),
                PaperFinding(
                    place: "referrer 2", claim: .attestation(predicateType: "https://cyclonedx.org/bom"),
                    verdict: .invalid("it was signed by none of release, or was altered since")),
                PaperFinding(
                    place: "referrer 3", claim: .unknown,
                    verdict: .notVerifiable("a notation signature is not read by this version")),
            ],
            passports: [.init(place: "referrer 4", record: record, verdict: .verified([ours]))], isCut: false)
    }

    private static let record = """
        {"service":"payments","repository":"shop/payments","environment":"staging","slot":"main","from":"testing",
        "promotion":141,"plan":"sha256:7c1e04d27c1e04d27c1e04d27c1e04d27c1e04d27c1e04d27c1e04d27c1e04d2",
        "checks":[{"name":"health","title":"http /health"}],"evidence":["testing: 6 of 6 by ci"],"actor":"alice",
        "ledger":{"sequence":9214,"hash":"sha256:0000000000000000000000000000000000000000000000000000000000000000"},
        "startedAt":"2026-08-24T13:53:02Z","finishedAt":"2026-08-24T13:53:40Z"}
        """

    /// What that release changes against what serves in prod.
    static func change() throws -> ImageComparison {
        func image(_ release: Release, _ config: String, _ layers: [(String, Int64)]) throws -> ImageContents {
            ImageContents(
                digest: release.digest, platform: nil, configuration: try ConfigurationContents(parsing: Array(config.utf8)),
                annotations: ["org.opencontainers.image.revision": release.revision ?? ""],
                layers: layers.map { .init(digest: Digest(of: Array($0.0.utf8)), size: $0.1) })
        }
        let old = try image(
            b, #"{"config":{"User":"app","Env":["PATH=/bin","LOG=1"],"Labels":{"team":"shop"}}}"#,
            [("base", 41_000_000), ("old", 2_100_000)])
        let new = try image(
            a, #"{"config":{"User":"65532","Env":["PATH=/bin","LOG=2","TOKEN_FILE=x"],"Labels":{"team":"pay"}}}"#,
            [("base", 41_000_000), ("new", 2_400_000)])
        return ImageComparison(from: old, to: new)
    }
}
