import FoundationEssentials
import Glibc
import PromotionCore
import Remotes
import Testing

/// Ways in which a layout lies, each with a word of the reason that must come back.
@Suite struct `A hostile image layout` {
    struct Lie: Sendable, CustomTestStringConvertible {
        let what: String
        let reason: String
        /// Spoils the layout and returns the digest that is then asked for.
        let spoil: @Sendable (SampleLayout, SampleImage) throws -> Digest
        var testDescription: String { what }
    }

    static let good = SampleImage.multi("good")

    static func blob(_ layout: SampleLayout, _ image: SampleImage, _ position: Int) -> String {
        "\(layout.path)/\(SampleLayout.file(of: Digest(of: image.blobs[position])))"
    }

    /// Adds a document and tags it.
    static func add(_ text: String, as type: MediaType, tag: String, to layout: SampleLayout) throws -> Descriptor {
        let descriptor = SampleImage.describe(text, as: type)
        try layout.push(SampleImage(blobs: [Array(text.utf8)], top: descriptor), tags: [tag])
        return descriptor
    }

    static func index(_ entries: [String]) -> String {
        #"{"schemaVersion":2,"mediaType":"\#(MediaType.ociIndex.text)","manifests":[\#(entries.joined(separator: ","))]}"#
    }

    static let lies = [
        Lie(what: "a manifest with other bytes", reason: "have the digest") { layout, image in
            var bytes = image.blobs[1]
            bytes[bytes.count - 1] = 0x20
            try layout.scratch.write(bytes, to: SampleLayout.file(of: Digest(of: image.blobs[1])))
            return image.top.digest
        },
        Lie(what: "a configuration with other bytes", reason: "have the digest") { layout, image in
            let other = Array(String(decoding: image.blobs[0], as: UTF8.self).replacing("app", with: "pwn").utf8)
            try layout.scratch.write(other, to: SampleLayout.file(of: Digest(of: image.blobs[0])))
            return image.top.digest
        },
        Lie(what: "a longer configuration", reason: "announced were") { layout, image in
            try layout.scratch.write(image.blobs[0] + [0x20], to: SampleLayout.file(of: Digest(of: image.blobs[0])))
            return image.top.digest
        },
        Lie(what: "a wrong size in index.json", reason: "announced were") { layout, image in
            let top = Descriptor(mediaType: image.top.mediaType, digest: image.top.digest, size: image.top.size + 1)
            try layout.write(entries: [SampleImage.entry(top, name: "v1.0.0")])
            return image.top.digest
        },
        Lie(what: "a wrong type in index.json", reason: "announced as") { layout, image in
            let top = Descriptor(mediaType: .ociManifest, digest: image.top.digest, size: image.top.size)
            try layout.write(entries: [SampleImage.entry(top, name: "v1.0.0")])
            return image.top.digest
        },
        Lie(what: "an unknown type in index.json", reason: "announced as text/plain") { layout, image in
            let top = Descriptor(mediaType: MediaType("text/plain"), digest: image.top.digest, size: image.top.size)
            try layout.write(entries: [SampleImage.entry(top, name: "v1.0.0")])
            return image.top.digest
        },
        Lie(what: "a document of unknown type", reason: "neither an image index nor an image manifest") { layout, _ in
            try add(#"{"schemaVersion":2,"mediaType":"text/plain"}"#, as: MediaType("text/plain"), tag: "odd", to: layout).digest
        },
        Lie(what: "two descriptions of one digest", reason: "different types or sizes") { layout, image in
            let other = Descriptor(mediaType: image.top.mediaType, digest: image.top.digest, size: 1)
            try layout.write(entries: [SampleImage.entry(image.top, name: "a"), SampleImage.entry(other, name: "b")])
            return image.top.digest
        },
        Lie(what: "indexes nested too deep", reason: "deeper than 4") { layout, image in
            var top = image.top
            for level in 0..<3 { top = try add(index([SampleImage.entry(top)]), as: .ociIndex, tag: "l\(level)", to: layout) }
            return top.digest
        },
        Lie(what: "an index that contains itself", reason: "have the digest") { layout, _ in
            // No document can hold its own digest, so a cycle needs a file that is named wrongly.
            let digest = Digest(of: "a cycle".utf8)
            let text = index([#"{"mediaType":"\#(MediaType.ociIndex.text)","digest":"\#(digest)","size":1}"#])
            try layout.scratch.write(text.utf8, to: SampleLayout.file(of: digest))
            return digest
        },
        Lie(what: "an index of indexes of indexes that multiplies", reason: "more than the 1000") { layout, image in
            var top = SampleImage.single("leaf").top
            try layout.push(SampleImage.single("leaf"), tags: [])
            for level in 0..<2 {
                let entries = Array(repeating: SampleImage.entry(top), count: 900)
                top = try add(index(entries), as: .ociIndex, tag: "l\(level)", to: layout)
            }
            return top.digest
        },
        Lie(what: "a child of 5 GB", reason: "more than the 4194304") { layout, image in
            let child = Descriptor(mediaType: .ociManifest, digest: image.top.digest, size: 5_000_000_000)
            return try add(index([SampleImage.entry(child)]), as: .ociIndex, tag: "big", to: layout).digest
        },
        Lie(what: "a manifest file of 5 GB", reason: "more than the 4194304") { layout, image in
            truncate(blob(layout, image, image.blobs.count - 1), 5_000_000_000)
            return image.top.digest
        },
        Lie(what: "invalid UTF-8", reason: "not UTF-8") { layout, _ in
            let bytes = Array(#"{"schemaVersion":2,"a":""#.utf8) + [0xFF] + Array(#"","manifests":[]}"#.utf8)
            try layout.write(bytes)
            return Digest(of: bytes)
        },
        Lie(what: "a truncated manifest under its right digest", reason: "ends too early") { layout, image in
            let bytes = Array(image.blobs[1].dropLast(20))
            try layout.write(bytes)
            return Digest(of: bytes)
        },
        Lie(what: "a path in a child's digest", reason: "is not a digest") { layout, _ in
            let entry = #"{"mediaType":"\#(MediaType.ociManifest.text)","digest":"sha256:../../../etc/passwd","size":1}"#
            return try add(index([entry]), as: .ociIndex, tag: "path", to: layout).digest
        },
        Lie(what: "a blob that is a link to a file outside", reason: "is a link") { layout, image in
            let outside = "\(layout.path)/outside"
            try layout.scratch.write(image.blobs[1], to: "outside")
            unlink(blob(layout, image, 1))
            symlink(outside, blob(layout, image, 1))
            return image.top.digest
        },
        Lie(what: "a directory of blobs that is a link", reason: "no link") { layout, image in
            rename("\(layout.path)/blobs", "\(layout.path)/elsewhere")
            symlink("elsewhere", "\(layout.path)/blobs")
            return image.top.digest
        },
        Lie(what: "a blob that is a pipe", reason: "not a regular file") { layout, image in
            unlink(blob(layout, image, 1))
            mkfifo(blob(layout, image, 1), 0o600)
            return image.top.digest
        },
        Lie(what: "a blob that is a directory", reason: "not a regular file") { layout, image in
            unlink(blob(layout, image, 1))
            mkdir(blob(layout, image, 1), 0o700)
            return image.top.digest
        },
        Lie(what: "an index that is a pipe", reason: "not a regular file") { layout, image in
            try layout.scratch.remove("index.json")
            mkfifo("\(layout.path)/index.json", 0o600)
            return image.top.digest
        },
        Lie(what: "an index that is a link", reason: "is a link") { layout, image in
            rename("\(layout.path)/index.json", "\(layout.path)/index.real")
            symlink("index.real", "\(layout.path)/index.json")
            return image.top.digest
        },
        Lie(what: "an index over the bound", reason: "more than the 33554432") { layout, image in
            truncate("\(layout.path)/index.json", 40_000_000)
            return image.top.digest
        },
        Lie(what: "a truncated index", reason: "ends too early") { layout, image in
            try layout.scratch.write(try layout.scratch.read("index.json").dropLast(3), to: "index.json")
            return image.top.digest
        },
        Lie(what: "100,001 entries", reason: "more than the 100000") { layout, image in
            try layout.write(entries: Array(repeating: "{}", count: 100_001))
            return image.top.digest
        },
        Lie(what: "no index", reason: "no index.json") { layout, image in
            try layout.scratch.remove("index.json")
            return image.top.digest
        },
        Lie(what: "no version", reason: "no file oci-layout") { layout, image in
            try layout.scratch.remove("oci-layout")
            return image.top.digest
        },
        Lie(what: "another version", reason: #"version 2.0\u{1b}[2J; 1.0.0 is supported"#) { layout, image in
            try layout.scratch.write(#"{"imageLayoutVersion":"2.0\u001b[2J"}"#.utf8, to: "oci-layout")
            return image.top.digest
        },
        Lie(what: "no directory", reason: "cannot open the image layout") { layout, image in
            try FileManager.default.removeItem(atPath: layout.path)
            return image.top.digest
        },
        Lie(what: "an artifact in an image's place", reason: "an artifact") { layout, image in
            let attestation = Digest(of: image.blobs[image.blobs.count - 2])
            return attestation
        },
        Lie(what: "a configuration in a manifest's place", reason: "schemaVersion is missing") { _, image in
            Digest(of: image.blobs[0])
        },
        Lie(what: "an artifact in a platform's place", reason: "no image for any platform") { layout, image in
            let attestation = SampleImage.describe(
                String(decoding: image.blobs[image.blobs.count - 2], as: UTF8.self), as: .ociManifest)
            let entries = [SampleImage.entry(attestation, platform: "linux/amd64")]
            return try add(index(entries), as: .ociIndex, tag: "lie", to: layout).digest
        },
        Lie(what: "an index of attestations only", reason: "no image for any platform") { layout, image in
            let attestation = SampleImage.describe(
                String(decoding: image.blobs[image.blobs.count - 2], as: UTF8.self), as: .ociManifest)
            let entries = [SampleImage.entry(attestation, platform: "unknown/unknown")]
            return try add(index(entries), as: .ociIndex, tag: "none", to: layout).digest
        },
    ]

    @Test(.timeLimit(.minutes(1)), arguments: lies)
    func `is refused with a readable reason, and no tag is moved to it`(_ lie: Lie) async throws {
        let layout = try SampleLayout()
        try layout.push(Self.good, tags: ["v1.0.0-rc.1"])
        let digest = try lie.spoil(layout, Self.good)
        let refusal = try await fault(of: { _ = try await layout.open().release(digest, in: layout.repository) })
        #expect(refusal.kind == .refused)
        #expect(refusal.reason.text.contains(lie.reason), "\(refusal.reason)")
        #expect(refusal.reason.text.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        let moved = try await fault(of: {
            _ = try await layout.open().move(Tag("prod"), in: layout.repository, from: nil, to: digest, under: Fence(1))
        })
        #expect(moved.kind == .refused, "\(moved.reason)")
    }

    @Test func `two entries of one name resolve to nothing, and the list says so`() async throws {
        let layout = try SampleLayout()
        let (one, two) = (SampleImage.single("one"), SampleImage.single("two"))
        try layout.push(one, tags: [])
        try layout.push(two, tags: [])
        try layout.write(entries: [
            SampleImage.entry(one.top, name: "prod"), SampleImage.entry(two.top, name: "prod"),
            SampleImage.entry(two.top, name: "testing"),
        ])
        let registry = layout.open()
        let prod = try Tag("prod")
        let before = try layout.scratch.read("index.json")
        let works: [() async throws -> Void] = [
            { _ = try await registry.resolve(prod, in: layout.repository) },
            { _ = try await registry.tags(in: layout.repository) },
            {
                _ = try await registry.move(
                    prod, in: layout.repository, from: one.top.digest, to: two.top.digest, under: Fence(1))
            },
        ]
        for work in works {
            let refusal = try await fault(of: work)
            #expect(refusal.kind == .refused)
            #expect(refusal.reason.text.contains("named prod"))
        }
        #expect(try await registry.resolve(try Tag("testing"), in: layout.repository) == two.top.digest)
        #expect(try layout.scratch.read("index.json") == before)
    }

    @Test func `names that are no tags are nobody's, and a foreign digest harms only its own tag`() async throws {
        let layout = try SampleLayout()
        let image = SampleImage.single("one")
        try layout.push(image, tags: [])
        let foreign = #"{"mediaType":"\#(MediaType.ociManifest.text)","digest":"sha512:ab","size":1"#
        try layout.write(entries: [
            SampleImage.entry(image.top, name: #"\u001b[2Jprod"#),
            SampleImage.entry(image.top, name: "docker.io/shop/payments:v1"),
            SampleImage.entry(image.top, name: "../../prod"), SampleImage.entry(image.top, name: "testing"), foreign + "}",
        ])
        #expect(try await layout.open().tags(in: layout.repository).known == [try Tag("testing"): image.top.digest])
        let named = foreign + #","annotations":{"org.opencontainers.image.ref.name":"prod"}}"#
        try layout.write(entries: [SampleImage.entry(image.top, name: "testing"), named])
        #expect(try await layout.open().resolve(try Tag("testing"), in: layout.repository) == image.top.digest)
        let refusal = try await fault(of: { _ = try await layout.open().resolve(try Tag("prod"), in: layout.repository) })
        #expect(refusal.reason.text.contains("\"sha512\" is not supported"))
    }

    @Test func `escape sequences in what the builder wrote are made harmless`() async throws {
        let layout = try SampleLayout()
        let image = SampleImage.multi("one", revision: #"\u001b]0;owned\u0007\u202e"#)
        try layout.push(image, tags: [])
        let revision = try #require(try await layout.open().release(image.top.digest, in: layout.repository)?.revision)
        #expect(revision.text == #"\u{1b}]0;owned\u{7}\u{202e}"#)
    }

    @Test func `a link in the place of the lock, the record or the draft is not followed`() async throws {
        for name in [ImageLayoutRegistry.lockName, FenceRecord.fileName, ".baton-new-index.json"] {
            let layout = try SampleLayout()
            let image = SampleImage.single("one")
            try layout.push(image, tags: [])
            try layout.scratch.write("outside".utf8, to: "victim")
            symlink("victim", "\(layout.path)/\(name)")
            _ = try? await layout.open().move(
                Tag("prod"), in: layout.repository, from: nil, to: image.top.digest, under: Fence(1))
            #expect(try layout.scratch.text("victim") == "outside")
        }
    }
}
