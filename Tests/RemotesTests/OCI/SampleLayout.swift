import PromotionCore
import Remotes

/// An image layout in a directory of its own.
struct SampleLayout: RegistryUnderTest {
    let scratch: Scratch
    let repository: RepositoryName

    init() throws {
        scratch = try Scratch()
        repository = try RepositoryName("shop/payments")
        try scratch.write(#"{"imageLayoutVersion":"1.0.0"}"#.utf8, to: "oci-layout")
        try scratch.write(#"{"schemaVersion":2,"manifests":[]}"#.utf8, to: "index.json")
        try scratch.write([], to: "blobs/sha256/.keep")
    }

    var path: String { scratch.path }

    func open() -> any Registry & ArtifactStore { layout() }

    func layout(patience: Milliseconds = .seconds(10)) -> ImageLayoutRegistry {
        ImageLayoutRegistry(directory: path, repository: repository, lockPatience: patience)
    }

    func push(_ image: SampleImage, tags: [String]) throws {
        for blob in image.blobs { try write(blob) }
        var index = try LayoutIndex(parsing: try scratch.read("index.json"))
        for tag in tags { index = index.naming(try Tag(tag), image.top) }
        try scratch.write(index.bytes, to: "index.json")
    }

    func erase(_ digest: Digest) throws { try scratch.remove(Self.file(of: digest)) }

    func write(_ blob: [UInt8]) throws { try scratch.write(blob, to: Self.file(of: Digest(of: blob))) }

    /// Writes an index of these entries.
    func write(entries: [String]) throws {
        try scratch.write(#"{"schemaVersion":2,"manifests":[\#(entries.joined(separator: ","))]}"#.utf8, to: "index.json")
    }

    static func file(of digest: Digest) -> String { "blobs/sha256/\(digest.hex)" }
}
