import PromotionCore
import Testing

/// How versions are written in the world, and what becomes of each way.
@Suite struct TagSchemeTests {
    /// Reads one form.
    static func scheme(_ forms: (String, String?)...) throws -> TagScheme {
        try TagScheme(forms.map { try TagForm(candidate: TagPattern($0.0), final: $0.1.map { text in try TagPattern(text) }) })
    }

    private static func word(_ tagClass: TagClass) -> String {
        switch tagClass {
        case .candidate(let version): "candidate of \(version)"
        case .final(let version): "final \(version)"
        case .build: "build"
        case .forbidden: "forbidden"
        case .other: "other"
        }
    }

    struct Row: Sendable {
        let candidate: String
        let final: String?
        let tags: [(String, String)]
    }

    static let rows = [
        // The guide's; numbers have no bound, and no leading zeros.
        Row(
            candidate: "vX.Y.Z-rc.N", final: "vX.Y.Z",
            tags: [
                ("v99999999999999999999.0.0", "final v99999999999999999999.0.0"),
                ("v99999999999999999999.0.0-rc.2", "candidate of v99999999999999999999.0.0"), ("v1.42.0-rc1", "other"),
                ("v01.2.3", "other"), ("1.2.3", "other"), ("v1.2.3-alpine", "other"), ("latest", "forbidden"),
                ("dev", "forbidden"),
                ("sha-1234567", "build"),
            ]),
        // Python's and Go's short candidates without a letter in front.
        Row(
            candidate: "X.Y.Z-rcN", final: "X.Y.Z",
            tags: [
                ("1.42.0-rc1", "candidate of 1.42.0"), ("1.42.0", "final 1.42.0"), ("1.42.0-rc.1", "other"), ("1.42", "other"),
                ("1.42.0-rc01", "other"), ("v1.42.0-rc1", "other"), ("1.42.0.1", "other"),
            ]),
        // Variants of one base image each: the suffix goes with the candidate into its final tag.
        Row(
            candidate: "X.Y.Z-rc.N[-suffix]", final: "X.Y.Z[-suffix]",
            tags: [
                ("1.2.3-rc.4-alpine", "candidate of 1.2.3-alpine"), ("1.2.3-alpine", "final 1.2.3-alpine"),
                ("1.2.3-rc.4", "candidate of 1.2.3"), ("1.2.3", "final 1.2.3"),
                ("1.2.3-alpine3.20-slim", "final 1.2.3-alpine3.20-slim"),
                ("1.2.3-", "other"),
                // Its final tag would be a candidate's.
                ("1.2.3-rc.4-rc.5", "other"),
            ]),
        // k3s: `v1.28.4+k3s1` cannot be a tag, so its images have a hyphen.
        Row(
            candidate: "vX.Y.Z-rcN[-suffix]", final: "vX.Y.Z[-suffix]",
            tags: [("v1.28.4-rc1-k3s1", "candidate of v1.28.4-k3s1"), ("v1.28.4-k3s1", "final v1.28.4-k3s1")]),
        // Helm writes the plus of a version as an underscore in a registry (helm/helm#10250).
        Row(
            candidate: "X.Y.Z-rc.N[_suffix]", final: "X.Y.Z[_suffix]",
            tags: [
                ("8.7.3-rc.1_unicode", "candidate of 8.7.3_unicode"), ("104.1.1_up57.0.3", "final 104.1.1_up57.0.3"),
                ("8.7.3-unicode", "other"),
            ]),
        // Calendar versions, with and without zeros in front (calver.org).
        Row(
            candidate: "release-X.Y.Z-rcN", final: "release-X.Y.Z",
            tags: [
                ("release-2026.11.30", "final release-2026.11.30"), ("release-2026.11.30-rc2", "candidate of release-2026.11.30"),
                ("release-2026.01.05", "other"), ("release-2.0", "other"),
            ]),
        Row(
            candidate: "X.0Y.0Z-rc.N", final: "X.0Y.0Z",
            tags: [
                ("2026.01.05", "final 2026.01.05"), ("2026.01.05-rc.1", "candidate of 2026.01.05"), ("2026.1.5", "other"),
                ("2026.11.30", "final 2026.11.30"), ("2026.011.30", "other"), ("2026.00.00", "final 2026.00.00"),
            ]),
        Row(
            candidate: "X-0Y-0Z.N", final: "X-0Y-0Z",
            tags: [("2021-01-28.133158", "candidate of 2021-01-28"), ("2021-01-28", "final 2021-01-28")]),
        Row(candidate: "X.0Y-rcN", final: "X.0Y", tags: [("2023.05-rc1", "candidate of 2023.05"), ("2023.05", "final 2023.05")]),
        // Counters of a pipeline; N is left for the candidates of one version.
        Row(
            candidate: "build-X", final: "release-X",
            tags: [("build-1234", "candidate of release-1234"), ("release-1234", "final release-1234"), ("build-01", "other")]),
        // Spring's and Maven's, and letters that are numbers elsewhere.
        Row(
            candidate: "X.Y.Z-RCN", final: "X.Y.Z.RELEASE",
            tags: [("2.1.0-RC1", "candidate of 2.1.0.RELEASE"), ("2.1.0.RELEASE", "final 2.1.0.RELEASE"), ("2.1.0", "other")]),
        Row(candidate: "X.Y.Z-'SNAPSHOT'", final: "X.Y.Z", tags: [("1.0.0-SNAPSHOT", "candidate of 1.0.0")]),
        // Four numbers: the image keeps its tag.
        Row(
            candidate: "vX.Y.Z.N[-suffix]", final: nil,
            tags: [("v1.18.8.45-1c5d2cd1-aliyun", "candidate of 1.18.8-1c5d2cd1-aliyun"), ("v1.18.8.45", "candidate of 1.18.8")]),
        // Several services in one repository write their name in front.
        Row(
            candidate: "payments-vX.Y.Z-rc.N", final: "payments-vX.Y.Z",
            tags: [("payments-v1.2.3-rc.4", "candidate of payments-v1.2.3"), ("catalog-v1.2.3", "other"), ("v1.2.3", "other")]),
    ]

    @Test(arguments: rows) func `a tag is what the service's patterns say`(row: Row) throws {
        let scheme = try Self.scheme((row.candidate, row.final))
        for (text, expected) in row.tags {
            let tag = try Tag(text)
            #expect(Self.word(scheme.tagClass(of: tag)) == expected, "\(text) as \(row.candidate)")
            if case .candidate(let version) = scheme.tagClass(of: tag), let final = scheme.finalTag(of: tag) {
                #expect(scheme.tagClass(of: final).version == version.released, "\(text) becomes \(final)")
            }
        }
        let decoded = try CanonicalJSON.decode(TagScheme.self, from: CanonicalJSON.encode(scheme))
        #expect(decoded == scheme)
    }

    @Test(arguments: [
        ("", "no text"), ("v1.2.3", "none of the numbers"), ("vX.Y.Z+build", "character \"+\""), ("v{major}", "character \"{\""),
        ("^vX$", "character \"^\""), ("vX.X", "X stands there twice"), ("vY.Z", "Y without X"), ("vX.Z", "Z without Y"),
        ("vXY", "where X ends"), ("vX1", "where X ends"), ("X.Y.Z[-suffix]-rc", "stands in brackets"),
        ("X[+suffix]", "in brackets"),
        ("X'rc", "not closed"), ("sha-X", "sha-"), ("quarantine-X", "quarantine-"), ("sha256-X", "sha256-"),
        ("-X", "begins with"),
        ("vx.y.z", "none of the numbers"), ("latest", "none of the numbers"), ("vX.Y.Z-ü", "character"),
        (String(repeating: "v", count: 80) + "X", "more than 64"),
    ])
    func `what is no pattern is refused in a sentence`(text: String, words: String) throws {
        let error = #expect(throws: TagPatternError.self) { try TagPattern(text) }
        #expect(error?.description.contains(words) == true, "\(error.map { $0.description } ?? "")")
        #expect(error?.remedy.isEmpty == false)
    }

    @Test(arguments: [
        ("vX.Y.Z-rc.N", "vX.Y.Z.N", "has N"), ("vX.Y.Z-rc.N", "vX.Y", "has Z"), ("vX.Y-rc.N", "vX.Y.Z", "has Z"),
        ("X-rc.N[-suffix]", "X", "has a suffix"), ("X-rc.N", "X[-suffix]", "has a suffix"),
    ])
    func `a candidate names one final tag`(candidate: String, final: String, words: String) throws {
        let error = #expect(throws: TagFormError.self) {
            try TagForm(candidate: TagPattern(candidate), final: TagPattern(final))
        }
        #expect(error?.description.contains(words) == true, "\(error.map { $0.description } ?? "")")
    }

    @Test(arguments: [
        (["X.Y.Z", "X.Y.Z"], "twice"), (["vX.Y.Z-rc.N", "vX.Y.0-rc.N"], "v0.0.0-rc.0 would be"), (["X.0Y", "X.Y"], "would be"),
        (["X-N", "X-0Y"], "would be"), (["X.Y.Z-rc.N", "X.Y.Z-'rc.1'"], "would be"),
    ])
    func `no tag is two things`(patterns: [String], words: String) throws {
        let forms = try patterns.map { try TagForm(candidate: TagPattern($0), final: nil) }
        let error = #expect(throws: TagSchemeError.self) { _ = try TagScheme(forms) }
        #expect(error?.description.contains(words) == true, "\(error.map { $0.description } ?? "")")
    }

    @Test(arguments: [["vX", "X"], ["build-X[-suffix]", "build-X.Y"], ["X.Y", "X.Y.Z"], ["X.0Y-rc.N", "X.0Y-rcN"]])
    func `patterns that no tag has in common stand next to each other`(patterns: [String]) throws {
        _ = try TagScheme(patterns.map { try TagForm(candidate: TagPattern($0), final: nil) })
    }

    @Test func `versions are ordered by their numbers, each line by itself`() throws {
        let scheme = try Self.scheme(("X.Y.Z-rcN[-suffix]", "X.Y.Z[-suffix]"))
        let tags = try ["1.9.0-rc2", "1.10.0-rc1", "1.10.0-rc10", "1.10.0-rc9", "1.10.0"].map { try Tag($0) }
        #expect(scheme.newestCandidates(of: tags).map(\.text) == ["1.10.0-rc10", "1.10.0-rc9", "1.10.0-rc1", "1.9.0-rc2"])
        #expect(scheme.mostTelling(of: tags)?.text == "1.10.0")
        let alpine = try #require(scheme.version(of: Tag("1.2.0-rc1-alpine")))
        let debian = try #require(scheme.version(of: Tag("1.3.0-rc1-debian")))
        #expect(!alpine.isComparable(to: debian))
    }

    @Test func `a candidate whose final tag would be too long is none`() throws {
        let scheme = try Self.scheme(("X[-suffix]", "release-X[-suffix]"))
        let tag = try Tag("1-" + String(repeating: "a", count: 126))
        #expect(scheme.tagClass(of: tag) == .other)
    }

    @Test(arguments: [
        (["v1.42.0-rc1", "v1.41.0-rc1", "main", "prod"], "4 tags, none is vX.Y.Z-rc.N; nearest v1.42.0-rc1"),
        (["1.42.0-rc.1"], "1 tag, and it is not vX.Y.Z-rc.N; nearest 1.42.0-rc.1"), ([], "no tags"),
        (["main", "sha-1234567", "latest"], "3 tags, none is vX.Y.Z-rc.N"),
    ])
    func `a list without a candidate says what is nearest`(tags: [String], words: String) throws {
        #expect(TagScheme.standard.absence(of: try tags.map { try Tag($0) }).text == words)
    }

    @Test(
        arguments: [
            ("vX.Y.Z-rc.N", "vX.Y.Z", "v1.42.0-rc.3 becomes v1.42.0"), ("vX.Y.Z.N", nil, "v1.42.0.3 keeps its tag"),
            ("X.0Y.0Z-rcN[-suffix]", "X.0Y.0Z[-suffix]", "1.42.00-rc3 (or 1.42.00-rc3-suffix) becomes 1.42.00"),
        ] as [(String, String?, String)])
    func `a scheme shows examples`(candidate: String, final: String?, words: String) throws {
        #expect(try Self.scheme((candidate, final)).examples.text == words)
    }

    /// What retention takes a tag for where two services share a repository: it may go only if both let it go.
    @Test func `services that share a repository agree, or the tag stays`() throws {
        let payments = try Self.scheme(("payments-vX.Y.Z-rc.N", "payments-vX.Y.Z"))
        let catalog = try Self.scheme(("catalog-vX.Y.Z-rc.N", "catalog-vX.Y.Z"))
        let tag = try Tag("payments-v1.2.3-rc.4")
        #expect(RetentionClass(of: tag, pointers: [], schemes: [payments]).word == "candidate")
        #expect(RetentionClass(of: tag, pointers: [], schemes: [payments, catalog]) == .other)
        #expect(RetentionClass(of: tag, pointers: [], schemes: []) == .other)
        #expect(RetentionClass(of: try Tag("sha-1234567"), pointers: [], schemes: [payments, catalog]) == .build)
        #expect(RetentionClass(of: tag, pointers: [tag], schemes: [payments]) == .pointer)
    }
}
