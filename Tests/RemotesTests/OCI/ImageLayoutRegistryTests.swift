import FoundationEssentials
import Glibc
import PromotionCore
import Remotes
import Testing

@Suite struct `An image layout as a registry` {
    @Test(arguments: StoreContract.allCases)
    func `keeps the contract of stores`(_ clause: StoreContract) async throws {
        try await clause.check(try SampleLayout())
    }

    @Test(arguments: RegistryContract.allCases)
    func `keeps the contract of registries`(_ clause: RegistryContract) async throws {
        try await clause.check(try SampleLayout())
    }

    @Test func `keeps everything in index.json that a move is not about`() async throws {
        let layout = try SampleLayout()
        let (old, new) = (SampleImage.single("old"), SampleImage.single("new"))
        try layout.push(old, tags: [])
        try layout.push(new, tags: [])
        let before = #"""
            {"mystery":{"z":1e400,"a":[null,true]},"schemaVersion":2,"manifests":[{"size":\#(old.top.size),"digest":"\#(old.top.digest)","mediaType":"\#(MediaType.ociManifest.text)","annotations":{"com.example.owner":"payments","org.opencontainers.image.created":"2020-01-01T00:00:00Z","org.opencontainers.image.ref.name":"prod"}},{"mediaType":"application/x-unknown","digest":"sha512:00","size":12345678901234567890,"note":"\u001b[31m"},{"mediaType":"\#(MediaType.ociManifest.text)","digest":"\#(new.top.digest)","size":\#(new.top.size),"x-kept":0.10,"annotations":{"org.opencontainers.image.ref.name":"v1.0.0-rc.1","org.opencontainers.image.created":"2021"}}],"annotations":{"b":"2","a":"1"}}
            """#
        try layout.scratch.write(before.utf8, to: "index.json")
        let outcome = try await layout.open().move(
            Tag("prod"), in: layout.repository, from: old.top.digest, to: new.top.digest, under: Fence(1))
        #expect(outcome == .moved)
        let after = #"""
            {"mystery":{"z":1e400,"a":[null,true]},"schemaVersion":2,"manifests":[{"mediaType":"\#(MediaType.ociManifest.text)","digest":"\#(new.top.digest)","size":\#(new.top.size),"x-kept":0.10,"annotations":{"org.opencontainers.image.created":"2021","com.example.owner":"payments","org.opencontainers.image.ref.name":"prod"}},{"mediaType":"application/x-unknown","digest":"sha512:00","size":12345678901234567890,"note":"\u001b[31m"},{"mediaType":"\#(MediaType.ociManifest.text)","digest":"\#(new.top.digest)","size":\#(new.top.size),"x-kept":0.10,"annotations":{"org.opencontainers.image.ref.name":"v1.0.0-rc.1","org.opencontainers.image.created":"2021"}},{"size":\#(old.top.size),"digest":"\#(old.top.digest)","mediaType":"\#(MediaType.ociManifest.text)","annotations":{"com.example.owner":"payments","org.opencontainers.image.created":"2020-01-01T00:00:00Z"}}],"annotations":{"b":"2","a":"1"}}
            """#
        #expect(try layout.scratch.text("index.json") == after)
    }

    @Test func `writes nothing where the tag already names the digest`() async throws {
        let layout = try SampleLayout()
        let image = SampleImage.single("one")
        try layout.push(image, tags: ["prod"])
        let spaced = try layout.scratch.text("index.json").replacing("{", with: "{ ")
        try layout.scratch.write(spaced.utf8, to: "index.json")
        let outcome = try await layout.open().move(
            Tag("prod"), in: layout.repository, from: nil, to: image.top.digest, under: Fence(1))
        #expect(outcome == .moved)
        #expect(try layout.scratch.text("index.json") == spaced)
    }

    @Test func `moving to and fro leaves one entry for each digest and tag`() async throws {
        let layout = try SampleLayout()
        let images = [SampleImage.single("one"), SampleImage.single("two")]
        for image in images { try layout.push(image, tags: []) }
        var current: Digest?
        for turn in 0..<12 {
            let next = images[turn % 2].top.digest
            let outcome = try await layout.open().move(
                Tag("prod"), in: layout.repository, from: current, to: next, under: Fence(Int64(turn)))
            #expect(outcome == .moved)
            current = next
        }
        let root = try JSONParser.parse(try layout.scratch.read("index.json"))
        #expect(root["manifests"]?.elements?.count == 3)
    }

    @Test func `waits for the lock no longer than told, and changes nothing`() async throws {
        let layout = try SampleLayout()
        let image = SampleImage.single("one")
        try layout.push(image, tags: [])
        let lock = open("\(layout.path)/\(ImageLayoutRegistry.lockName)", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        defer { close(lock) }
        try #require(flock(lock, LOCK_EX) == 0)
        let before = try layout.scratch.files()
        let refusal = try await fault(of: {
            _ = try await layout.layout(patience: Milliseconds(50)).move(
                Tag("prod"), in: layout.repository, from: nil, to: image.top.digest, under: Fence(1))
        })
        #expect(refusal.kind == .broke)
        #expect(refusal.reason.text.contains("another process"))
        #expect(try layout.scratch.files() == before)
    }

    @Test func `of many racing moves from one digest exactly one wins`() async throws {
        let layout = try SampleLayout()
        let start = SampleImage.single("start")
        try layout.push(start, tags: ["prod"])
        let images = (0..<12).map { SampleImage.single("racer \($0)") }
        for image in images { try layout.push(image, tags: []) }
        let outcomes = try await withThrowingTaskGroup(of: PointerMove.self) { group in
            for image in images {
                group.addTask {
                    try await layout.open().move(
                        Tag("prod"), in: layout.repository, from: start.top.digest, to: image.top.digest, under: Fence(1))
                }
            }
            return try await group.reduce(into: [PointerMove]()) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 == .moved }.count == 1)
        let winner = try #require(try await layout.open().resolve(Tag("prod"), in: layout.repository))
        #expect(outcomes.filter { $0 == .conflict(observed: winner) }.count == images.count - 1)
    }

    @Test func `a fence record that cannot be read is never taken for an empty one`() async throws {
        let layout = try SampleLayout()
        let image = SampleImage.single("one")
        try layout.push(image, tags: [])
        for record in ["", "[]", #"{"prod":"7"}"#, #"{"prod":7"#] {
            try layout.scratch.write(record.utf8, to: FenceRecord.fileName)
            let refusal = try await fault(of: {
                _ = try await layout.open().move(
                    Tag("prod"), in: layout.repository, from: nil, to: image.top.digest, under: Fence(9))
            })
            #expect(refusal.kind == .refused)
            #expect(refusal.reason.text.contains(FenceRecord.fileName))
        }
        #expect(try await layout.open().resolve(Tag("prod"), in: layout.repository) == nil)
    }

    @Test func `a fence record keeps pointer tags and one line for all that retention sets and deletes`() throws {
        let quarantine = String(repeating: "b", count: 64)
        var record = try FenceRecord(
            parsing: Array(#"{"quarantine-20250101-\#(quarantine)":3,"prod":7}"#.utf8), tags: .standard)
        for number in Int64(1)...1_000 {
            for name in ["quarantine-20260101-\(quarantine)", "v1.0.0-rc.\(number)", "sha-\(1_000_000 + number)"] {
                #expect(try record.admit(.tag(Tag(name)), under: Fence(number)) == (name.hasPrefix("quarantine")))
            }
        }
        #expect(record.bytes == Array(#"{"prod":7,"all deletions":1000}"#.utf8))
        #expect(throws: Fault.self) { try record.admit(.tag(Tag("v1.0.0-rc.1")), under: Fence(999)) }
        #expect(throws: Fault.self) { try record.admit(.tag(Tag("prod")), under: Fence(6)) }
    }

    @Test func `a release tag as its service writes it is never moved, and candidates share one line of fences`() async throws {
        let layout = try SampleLayout()
        let images = (0..<2).map { SampleImage.single("image \($0)") }
        for image in images { try layout.push(image, tags: []) }
        let scheme = try TagScheme([TagForm(candidate: TagPattern("release-X.0Y-rcN"), final: TagPattern("release-X.0Y"))])
        let registry = ImageLayoutRegistry(directory: layout.path, repository: layout.repository, tags: scheme)
        let tag = try Tag("release-2026.11")
        let first = images[0].top.digest
        #expect(try await registry.move(tag, in: layout.repository, from: nil, to: first, under: Fence(1)) == .moved)
        let refusal = try await fault(of: {
            _ = try await registry.move(tag, in: layout.repository, from: first, to: images[1].top.digest, under: Fence(2))
        })
        #expect(refusal.kind == .refused && refusal.reason.text.contains("created once"))
        #expect(try await registry.release(first, in: layout.repository)?.tag == tag)
        var record = FenceRecord(tags: scheme)
        for number in Int64(1)...100 { _ = try record.admit(.tag(Tag("release-2026.11-rc\(number)")), under: Fence(number)) }
        #expect(record.bytes == Array(#"{"all deletions":100}"#.utf8))
    }

    @Test func `keeps the mode of the files that it replaces`() async throws {
        let layout = try SampleLayout()
        let image = SampleImage.single("one")
        try layout.push(image, tags: [])
        chmod("\(layout.path)/index.json", 0o664)
        _ = try await layout.open().move(Tag("prod"), in: layout.repository, from: nil, to: image.top.digest, under: Fence(1))
        var status = stat()
        #expect(stat("\(layout.path)/index.json", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o664)
    }

    @Test func `a disk that takes no more bytes leaves everything as it was`() async throws {
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            let layout = try SampleLayout()
            let image = SampleImage.single("one")
            try layout.push(image, tags: ["v1.0.0", "v1.0.0-rc.1"])
            let before = try layout.scratch.files()
            let index = try layout.scratch.read("index.json")
            // A write beyond this size fails in the middle of the file, as on a full disk.
            var limit = rlimit(rlim_cur: 100, rlim_max: 100)
            try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            let refusal = try await fault(of: {
                _ = try await layout.open().move(
                    Tag("v1.0.1"), in: layout.repository, from: nil, to: image.top.digest, under: Fence(1))
            })
            guard refusal.kind == .broke, try layout.scratch.read("index.json") == index,
                try layout.scratch.files() == (before + [ImageLayoutRegistry.lockName]).sorted()
            else { exit(1) }
        }
    }
}
