internal import FoundationEssentials
internal import PromotionCore
internal import Testing

@testable internal import Stage

struct StageSeedTests {
    private struct Index: Decodable {
        struct Entry: Decodable {
            let digest: Digest
            let size: Int
            let annotations: [String: String]?
        }
        let manifests: [Entry]
    }

    /// Every file of a layout and its bytes.
    private func files(_ directory: StageDirectory) throws -> [String: [UInt8]] {
        let layout = directory.layout(of: StageSeed.repository)
        let names = try FileManager.default.subpathsOfDirectory(atPath: layout)
        return names.reduce(into: [:]) { files, name in
            var isDirectory: Bool = false
            guard FileManager.default.fileExists(atPath: "\(layout)/\(name)", isDirectory: &isDirectory), !isDirectory else {
                return
            }
            files[name] = FileManager.default.contents(atPath: "\(layout)/\(name)").map { Array($0) }
        }
    }

    @Test func `two seeds are the same bytes, and a second seed of one directory changes nothing`() async throws {
        try await TemporaryStage.with { first in
            try await TemporaryStage.with { second in
                try StageSeed(first.directory).write()
                try StageSeed(second.directory).write()
                let seeded = try files(first.directory)
                #expect(seeded.count > 20)
                #expect(try files(second.directory) == seeded)
                let moved = Array("{\"schemaVersion\":2,\"manifests\":[]}".utf8)
                try StageFile.write(moved, to: first.directory.layout(of: StageSeed.repository) + "/index.json")
                try StageSeed(first.directory).write()
                #expect(try files(first.directory)["index.json"] == moved)
            }
        }
    }

    @Test func `every blob is what its name says, and every tag names a blob of the size it says`() async throws {
        try await TemporaryStage.with { temporary in
            try StageSeed(temporary.directory).write()
            let files = try files(temporary.directory)
            for (name, bytes) in files where name.hasPrefix("blobs/sha256/") {
                #expect("blobs/sha256/\(Digest(of: bytes).hex)" == name)
            }
            let index = try CanonicalJSON.decode(Index.self, from: files["index.json"] ?? [])
            var tags: [String: Digest] = [:]
            for entry in index.manifests {
                #expect(files["blobs/sha256/\(entry.digest.hex)"]?.count == entry.size)
                let name = try #require(entry.annotations?["org.opencontainers.image.ref.name"])
                #expect(tags.updateValue(entry.digest, forKey: name) == nil, "\(name) is written twice")
            }
            #expect(tags["v2.30.3"] == tags["v2.30.3-rc.1"])
            #expect(tags["prod"] == tags["prod-blue"])
            #expect(tags["prod-green"] == tags["v2.30.1"])
            for release in StageSeed.releases {
                for tag in release.tags { #expect(tags[tag.text] == StageSeed.digest(of: release)) }
            }
        }
    }

    @Test(arguments: StageSeed.releases)
    func `an image's configuration says who it runs as and how it behaves`(release: StageRelease) async throws {
        try await TemporaryStage.with { temporary in
            try StageSeed(temporary.directory).write()
            let configuration = try await temporary.registry.configuration(
                of: StageSeed.digest(of: release), for: .host, in: StageSeed.repository)
            #expect(configuration.user == "65532")
            #expect(SlotBehaviour(configuration) == release.behaviour)
            #expect(configuration.labels["org.opencontainers.image.revision"] == release.revision)
            #expect(configuration.environment.contains("VERSION=\(release.version)"))
        }
    }

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/skopeo"), "skopeo is not installed here"),
        arguments: ["v2.30.3", "v2.31.0-rc.2", "prod-green"])
    func `skopeo reads the layout`(tag: String) async throws {
        try await TemporaryStage.with { temporary in
            try StageSeed(temporary.directory).write()
            let layout = temporary.directory.layout(of: StageSeed.repository)
            let said = try Command.output("/usr/bin/skopeo", ["inspect", "--config", "oci:\(layout):\(tag)"])
            #expect(said.contains("65532"), "\(said)")
        }
    }
}
