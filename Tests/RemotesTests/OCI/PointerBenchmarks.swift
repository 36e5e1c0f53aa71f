import FoundationEssentials
import Glibc
import PromotionCore
import Remotes
import Testing

/// Measurements, printed as lines `bench: name = value` that `make bench` judges.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["BATON_BENCH"] != nil, "a benchmark: BATON_BENCH=1"))
struct PointerBenchmarks {
    private let clock = ContinuousClock()
    private static let moves = 200

    /// Moves a tag to and fro among as many tags as a lively repository has.
    @Test func `a pointer move beside a bare durable write`() async throws {
        let layout = try SampleLayout()
        let images = (0..<2).map { SampleImage.multi("release \($0)") }
        try layout.push(images[0], tags: ["prod"] + (1...200).map { "v1.\($0).0" })
        try layout.push(images[1], tags: (1...200).map { "v2.\($0).0" })
        let before = try blobs(of: layout)
        let registry = layout.layout()
        let prod = try Tag("prod")
        for number in 0..<Self.moves {
            let (from, to) = (images[number % 2].top.digest, images[(number + 1) % 2].top.digest)
            let start = clock.now
            let outcome = try await registry.move(
                prod, in: layout.repository, from: from, to: to, under: Fence(Int64(number + 1)))
            let spent = clock.now - start
            #expect(outcome == .moved)
            print("bench: pointer move = \(spent / .milliseconds(1)) bare durable write \(try bareWrite(in: layout))")
        }
        let after = try blobs(of: layout)
        let touched = before.filter { after[$0.key] != $0.value }.count + after.count - before.count
        print("bench: blobs touched by a pointer move = \(touched)")
    }

    /// What any durable change of the index costs here: a file of its size written, synced and renamed, the directory synced.
    private func bareWrite(in layout: SampleLayout) throws -> Duration {
        let bytes = try layout.scratch.read("index.json")
        let directory = open(layout.path, O_RDONLY | O_DIRECTORY)
        defer { close(directory) }
        let start = clock.now
        let file = openat(directory, "bare-draft", O_WRONLY | O_CREAT | O_EXCL, 0o644)
        let written = write(file, bytes, bytes.count)
        fsync(file)
        close(file)
        renameat(directory, "bare-draft", directory, "bare")
        fsync(directory)
        let spent = clock.now - start
        #expect(written == bytes.count)
        return spent
    }

    /// Each blob with the moment that it was last written, in nanoseconds, and its inode.
    private func blobs(of layout: SampleLayout) throws -> [String: [Int]] {
        var found: [String: [Int]] = [:]
        for name in try layout.scratch.files() where name.hasPrefix("blobs/sha256/") {
            var status = stat()
            guard stat("\(layout.path)/\(name)", &status) == 0 else { continue }
            found[name] = [Int(status.st_ino), status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_nsec]
        }
        return found
    }
}
