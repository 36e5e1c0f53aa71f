import Fixtures
import PromotionCore
import Testing

/// What people type and paste, and which image it means.
@Suite struct ReferenceTests {
    private static let hex = "d066fa19" + String(repeating: "0", count: 56)
    private static let digest = try? Digest(parsing: "sha256:" + hex)

    private static func parsed(_ text: String) -> String {
        do {
            switch try ImageReference(parsing: text) {
            case .digest(let digest): return "digest \(digest.short())"
            case .prefix(let digits): return "prefix \(digits)"
            case .tag(let tag): return "tag \(tag)"
            case .tagOrPrefix(let tag): return "tag or prefix \(tag)"
            case .image(let image):
                return ["image", image.name, image.tag?.text, image.digest?.short()].map { $0 ?? "-" }.joined(separator: " ")
            }
        } catch { return "refused: \(error)" }
    }

    @Test(arguments: [
        ("1842", "tag or prefix 1842"), ("184", "tag 184"), ("20260824", "tag or prefix 20260824"), ("v2.31.0", "tag v2.31.0"),
        ("tag:1842", "tag 1842"), ("sha256:1842", "prefix 1842"), ("SHA256:1842AB", "prefix 1842ab"),
        ("D066", "tag or prefix D066"),
        (hex, "digest d066fa19"), (hex.uppercased(), "digest d066fa19"), ("sha256:\(hex)", "digest d066fa19"),
        ("SHA256:\(hex.uppercased())\r\n", "digest d066fa19"), ("  \"sha256:\(hex)\",", "digest d066fa19"),
        ("'v2.31.0-rc.2'\r", "tag v2.31.0-rc.2"), ("\u{FEFF}v2.31.0", "tag v2.31.0"), ("@sha256:\(hex)", "image - - d066fa19"),
        ("v2.31.0@sha256:\(hex)", "image v2.31.0 - d066fa19"), ("shop/payments:v2", "image shop/payments v2 -"),
        ("payments:v2", "image payments v2 -"),
        (
            "Registry.Example:5000/shop/payments:v2.31.0@SHA256:\(hex)",
            "image registry.example:5000/shop/payments v2.31.0 d066fa19"
        ),
        ("docker-pullable://r.example/shop/payments@sha256:\(hex)", "image r.example/shop/payments - d066fa19"),
        ("docker://r.example/shop/payments:v2", "image r.example/shop/payments v2 -"),
        ("docker://sha256:\(hex)", "digest d066fa19"),
        ("https://r.example/v2/shop/payments/manifests/sha256:\(hex)", "image r.example/shop/payments - d066fa19"),
        ("https://r.example/v2/shop/payments/manifests/v2", "image r.example/shop/payments v2 -"),
    ]) func `what is typed or pasted is understood`(text: String, expected: String) { #expect(Self.parsed(text) == expected) }

    @Test(arguments: [
        ("", "nothing was named"), (" \r\n", "nothing was named"), ("latest", "is never deployed"),
        ("tag:latest", "is never deployed"),
        ("r.example/shop/payments:latest", "is never deployed"), ("sha256:12", "is not how a digest begins"),
        ("sha256:xyzzy", "is not how a digest begins"), ("shop/payments@sha256:1842", "is not how a digest begins"),
        ("sha512:\(hex)", "is not"), ("shop/payments", "names a repository and no image"), ("a b", "is not a tag"),
        ("containerd://\(hex)", "is the id of a container"), ("docker://\(hex)", "is the id of a container"),
        ("ftp://r.example/x:y", "leads to no registry"), (String(repeating: "a", count: 2_000), "too long"),
    ]) func `what names no image is refused with what would be right`(text: String, expected: String) {
        #expect(Self.parsed(text).hasPrefix("refused: ") && Self.parsed(text).contains(expected), "\(Self.parsed(text))")
    }

    // MARK: - Which image it is

    private static let old = Fixtures.release("B", tag: "v2.30.3")
    /// An image of two platforms.
    private static let multi: Release = {
        func member(_ name: String) -> DigestSet.Member {
            DigestSet.Member(
                platform: Platform(system: "linux", architecture: SafeText(name)), manifest: Digest(of: "m \(name)".utf8),
                configuration: Digest(of: "c \(name)".utf8))
        }
        return Release(
            digests: DigestSet(top: Digest(of: "index".utf8), members: [member("amd64"), member("arm64")]),
            tag: "v2.31.0-rc.2".asTag, revision: nil)
    }()
    private static let homes = [
        ImageHome(registry: "r.example:5000", repository: Fixtures.repository), Fixtures.prodHome,
    ]

    private func known(_ tags: [String: Digest]) -> KnownImages {
        let named = Dictionary(uniqueKeysWithValues: tags.compactMap { name, digest in name.asTag.map { ($0, digest) } })
        return KnownImages(homes: Self.homes, tags: .success(named), releases: [Self.old, Self.multi])
    }

    private func named(_ text: String, _ known: KnownImages) throws -> Result<Digest, Objection> {
        known.image(try ImageReference(parsing: text))
    }

    private func refusal(_ text: String, _ known: KnownImages) throws -> String {
        guard case .failure(let objection) = try named(text, known) else { return "taken" }
        return "\(objection)"
    }

    @Test func `a build number is the tag where no digest begins so`() throws {
        let tag = Self.multi.digest
        #expect(try named("1842", known(["1842": tag])) == .success(tag))
        #expect(try refusal("1842", known([:])).contains("1842 names nothing in r.example:5000/shop/payments"))
    }

    @Test func `digits that are a tag and begin a digest are refused, and both ways to say which are named`() throws {
        let digits = Self.old.digest.short(4)
        let both = known([digits: Self.multi.digest])
        let words = try refusal(digits, both)
        #expect(words.contains("tag:\(digits)") && words.contains("sha256:\(Self.old.digest.short(12))"))
        #expect(try named("tag:\(digits)", both) == .success(Self.multi.digest))
        #expect(try named("sha256:\(Self.old.digest.short(12))", both) == .success(Self.old.digest))
        #expect(try named(digits, known([digits: Self.old.digest])) == .success(Self.old.digest), "both mean one image")
        #expect(try named(digits.uppercased(), known([:])) == .success(Self.old.digest))
    }

    @Test(arguments: ["1842", "tag:1842", "sha256:1842", "r.example:5000/shop/payments:v2"])
    func `a list that cannot be read names nothing`(text: String) throws {
        let unread = KnownImages(homes: Self.homes, tags: .failure(Fault(.broke, "connection refused")), releases: [Self.old])
        #expect(try refusal(text, unread).contains("cannot be read: connection refused"))
        #expect(try named(Self.hex, unread) == .success(try #require(Self.digest)), "a whole digest needs no list")
    }

    @Test func `digits of several digests are refused`() throws {
        let (one, other) = ("0123" + Self.hex.dropFirst(4), "0123" + Self.old.digest.hex.dropFirst(4))
        let tags = ["v1.0.0": try Digest(parsing: "sha256:\(one)"), "v1.0.1": try Digest(parsing: "sha256:\(other)")]
        #expect(try refusal("0123", known(tags)).contains("is the beginning of 2 digests; write more"))
    }

    @Test func `a pasted name must be of this service, and its tag and digest must agree`() throws {
        let (good, old) = (Self.multi.digest, Self.old.digest)
        let tags = known(["v2.31.0-rc.2": good, "v2.30.3": old])
        for name in [
            "r.example:5000/shop/payments", "R.Example:5000/shop/payments", "shop/payments",
            "registry.prod.example/prod/payments",
        ] {
            #expect(try named("\(name):v2.31.0-rc.2@\(good)", tags) == .success(good), "\(name)")
        }
        #expect(try named("v2.31.0-rc.2@\(good)", tags) == .success(good))
        #expect(
            try refusal("shop/payments:v2.31.0-rc.2@\(old)", tags).contains("names \(good.short(12)) now, not \(old.short(12))"))
        #expect(try refusal("v2.31.0-rc.2@\(old)", tags).contains("now, not"))
        for name in ["other.example/shop/payments", "r.example:5000/shop/refunds", "docker.io/library/payments"] {
            let reference = try ImageReference(parsing: "\(name):v2@\(good)")
            guard case .failure(let objection) = KnownImages.home(of: reference, among: Self.homes) else {
                Issue.record("\(name) is taken for this service's")
                continue
            }
            #expect(objection.reason.text.contains(name) && objection.remedy.text.contains("r.example:5000/shop/payments"))
        }
        let there = try ImageReference(parsing: "registry.prod.example/prod/payments:v2")
        #expect(KnownImages.home(of: there, among: Self.homes) == .success(1))
    }

    @Test func `the digest of one platform names the image that it is a part of`() throws {
        let tags = known(["v2.31.0-rc.2": Self.multi.digest])
        let member = Self.multi.digests.members[0]
        for text in ["\(member.manifest)", "sha256:\(member.manifest.short(12))", "v2.31.0-rc.2@\(member.manifest)"] {
            let words = try refusal(text, tags)
            #expect(words.contains("is linux/amd64 of v2.31.0-rc.2"), "\(words)")
            #expect(words.contains("name that: v2.31.0-rc.2 or sha256:\(Self.multi.digest.short(12))"), "\(words)")
        }
        #expect(try refusal("\(member.configuration)", tags).contains("the image id (configuration) of linux/amd64"))
        #expect(try named("\(Self.old.digest)", tags) == .success(Self.old.digest), "an image of one manifest is no part")
    }
}
