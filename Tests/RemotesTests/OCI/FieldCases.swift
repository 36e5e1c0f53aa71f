import PromotionCore
import Remotes
import Testing

/// One row: what comes from a registry or another tool, who reported it, and which uses it stops.
struct FieldCase: Sendable, CustomTestStringConvertible {
    /// Something else in the repository.
    struct Other: Sendable {
        let image: SampleImage
        let tags: [String]
    }

    let what: String
    /// The public report; nil where the row is of our own making.
    let report: String?
    let candidate: SampleImage
    let beside: [Other]
    let habit: RegistryFront.Habit
    /// Uses that it stops; all others go on.
    let stops: Set<FieldUse>

    var testDescription: String { what }

    init(
        _ what: String, _ report: String?, candidate: SampleImage = .multi("new"), beside: [Other] = [],
        habit: @escaping RegistryFront.Habit = RegistryHabits.none, stops: Set<FieldUse> = []
    ) {
        self.what = what
        self.report = report
        self.candidate = candidate
        self.beside = beside
        self.habit = habit
        self.stops = stops
    }

    /// Groups of rows with their headings.
    static let groups = Result {
        [("Habits of registries", habits), ("Images and indexes", shapes), ("Made by other tools", try tools())]
    }

    private static func branches(_ count: Int) -> Other {
        Other(image: .single("branch"), tags: (0..<count).map { "branch-\(1_000 + $0)" })
    }

    private static let harbor = "https://github.com/goharbor/harbor/issues/"
    private static let renovate = "https://github.com/renovatebot/renovate/issues/"

    static let habits: [FieldCase] = [
        .init("404 `NOT_FOUND` for what does not exist (Harbor)", harbor + "16515", habit: RegistryHabits.harborAbsence),
        .init(
            "412 for a tag that exists, by a rule (Harbor)", "https://github.com/goharbor/harbor/pull/9427",
            beside: [.init(image: .single("old"), tags: ["prod"])], habit: RegistryHabits.harborImmutable,
            stops: [.promotion]),
        .init(
            "the image itself under the fallback tag (GitLab)", "https://github.com/oras-project/oras-go/issues/1396",
            habit: RegistryHabits.gitLabDash, stops: [.passport]),
        .init(
            "a next page without the first part of the repository (Artifactory)", renovate + "15080",
            beside: [branches(120)], habit: RegistryHabits.artifactoryPages),
        .init(
            "a next page at another host and path (Nexus)", "https://github.com/sonatype/nexus-public/issues/1011",
            beside: [branches(120)], habit: RegistryHabits.nexusPages),
        .init(
            "pages of 100 names, and no word of a next one (Nexus)", "https://github.com/sonatype/nexus-public/issues/117",
            beside: [branches(220)], habit: RegistryHabits.silentPages),
        .init(
            "429 above 20 requests a second", "https://github.com/coreruleset/modsecurity-crs-docker/issues/449",
            habit: RegistryHabits.limiting()),
        .init(
            "500 for one tag", harbor + "11744", beside: [.init(image: .single("bad"), tags: ["v1.0.9-rc.1"])],
            habit: RegistryHabits.refusing("v1.0.9-rc.1", .error(500, "UNKNOWN", "unknown error")), stops: [.retention]),
        .init(
            "403 for one tag (Artifactory, blocked by a scan)", "https://github.com/jfrog/jfrog-cli/issues/910",
            beside: [.init(image: .single("bad"), tags: ["feature-7"])],
            habit: RegistryHabits.refusing("feature-7", .error(403, "UNKNOWN", "download blocking policy")),
            stops: [.retention]),
        .init(
            "403 for a tag that does not exist (Artifactory)", "https://github.com/sigstore/cosign/issues/2973",
            habit: RegistryHabits.forbiddenAbsence, stops: [.promotion, .copy, .signature, .passport, .retention]),
        .init(
            "404 `DENIED` for a tag that does not exist", "https://github.com/bytecodealliance/wasm-pkg-tools/issues/40",
            habit: RegistryHabits.deniedAbsence, stops: [.promotion, .copy, .signature, .passport, .retention]),
    ]

    static let shapes: [FieldCase] = [
        .init(
            "a build cache under another tag", "https://github.com/moby/buildkit/issues/2251",
            beside: [.init(image: .buildCache, tags: ["buildcache", "sha-0123456"])]),
        .init(
            "a build cache as the candidate", "https://github.com/docker/buildx/issues/173", candidate: .buildCache,
            stops: [.promotion, .signature]),
        .init(
            "SOCI indexes with the platforms of the images", "https://github.com/awslabs/soci-snapshotter/issues/1695",
            candidate: .soci),
        .init(
            "a SOCI index before the image, and no word of what it is", "https://github.com/awslabs/soci-snapshotter/pull/1522",
            candidate: .bareSoci),
        .init("a child with the platform \"\"/\"\"", nil, candidate: .emptyPlatform(system: "")),
        .init(
            "a bill of materials with the platform linux/\"\"", "https://github.com/inspektor-gadget/inspektor-gadget/pull/5494",
            candidate: .emptyPlatform(system: "linux")),
        .init("an attestation without a platform", "https://github.com/moby/buildkit/pull/5573", candidate: .attestation),
        .init("a child of unknown type that is a blob", "https://github.com/moby/buildkit/issues/1550", candidate: .stranger),
        .init("two builds of one platform", "https://github.com/podman-container-tools/podman/issues/24885", candidate: .twice),
        .init(
            "a mirror's index that lacks linux/arm64", "https://github.com/podman-container-tools/skopeo/issues/2882",
            candidate: .sparse, habit: RegistryHabits.sparse()),
        .init(
            "the same, in a registry that takes no index with a hole", "https://github.com/distribution/distribution/pull/3536",
            candidate: .sparse, stops: [.promotion, .copy]),
        .init(
            "a layer that only its maker hands out", "https://github.com/google/go-containerregistry/issues/1418",
            candidate: .foreign),
        .init("another name of the candidate", nil, beside: [.init(image: .multi("new"), tags: ["v1.0.9-rc.3"])]),
        .init("the same release built again", nil, beside: [.init(image: .rebuilt, tags: ["v1.0.9-rc.3"])]),
        .init("400 names of one image", nil, beside: [branches(400)]),
    ]

    /// Files that other tools left in a registry.
    private static func tools() throws -> [FieldCase] {
        func row(_ name: String, _ report: String, stops: Set<FieldUse> = []) throws -> FieldCase {
            let foreign = try ForeignImage.named(name)
            return FieldCase(foreign.made, report, candidate: foreign.image, stops: stops)
        }
        let schema1 = try ForeignImage.named("skopeo-schema1")
        return [
            try row("buildah", "https://github.com/project-zot/zot/issues/933"),
            try row("podman", "https://github.com/podman-container-tools/podman/issues/20917"),
            try row("docker-save", "https://github.com/podman-container-tools/skopeo/issues/2568"),
            try row("docker-manifest", "https://github.com/docker/build-push-action/issues/755"),
            try row("skopeo-one", "https://github.com/containers/skopeo/issues/1720"),
            try row(
                "oras-py", "https://github.com/szhekpisov/diffyml/pull/120", stops: [.promotion, .signature]),
            try row("dxf", "https://github.com/davedoesdev/dxf/issues/5", stops: [.promotion, .signature]),
            FieldCase(
                schema1.made + ", under another tag", "https://github.com/google/go-containerregistry/issues/296",
                beside: [.init(image: schema1.image, tags: ["v0.9.0-rc.1"])]),
        ]
    }
}
