import PromotionCore
import Remotes
import Testing

/// One lie or fault of a registry: what comes, and what Baton says and does.
struct RegistryFaultCase: Sendable, CustomTestStringConvertible {
    /// What is asked of the port meanwhile.
    enum Work: String, Sendable {
        case resolve, release, tags, list, blob, referrers, move, upload, deleteTag = "delete a tag", time
    }

    let what: String
    let work: Work
    /// What Baton does, for the reader.
    let does: String
    /// A piece of what it says; the whole is in the document.
    let says: String
    let script: ScriptedRegistry.Script

    var testDescription: String { what }

    init(_ what: String, _ work: Work, does: String, says: String, _ script: @escaping ScriptedRegistry.Script) {
        self.what = what
        self.work = work
        self.does = does
        self.says = says
        self.script = script
    }
}

/// The images that every case begins with: `prod` names old, and new is to come.
enum FaultWorld {
    static let old = SampleImage.single("old")
    static let new = SampleImage.multi("new")
    static let other = SampleImage.single("other")

    static var contents: ScriptedRegistry.Contents {
        var contents = ScriptedRegistry.Contents()
        contents.push(old, tags: ["prod", "v1.0.0"])
        contents.push(new, tags: ["v1.1.0-rc.1"])
        contents.push(other, tags: [])
        return contents
    }

    /// Whether a request is for this document or blob.
    static func asks(_ request: ScriptedRegistry.Request, for digest: Digest) -> Bool {
        request.path.hasSuffix(digest.description)
    }

    static func isPut(_ request: ScriptedRegistry.Request) -> Bool { request.method == "PUT" && request.rest == "manifests/prod" }

    static func isList(_ request: ScriptedRegistry.Request) -> Bool { request.rest.hasPrefix("tags/list") }

    /// How many requests of this method and rest came, this one counted.
    static func times(_ request: ScriptedRegistry.Request, _ contents: ScriptedRegistry.Contents) -> Int {
        contents.requests.count { $0.method == request.method && $0.path == request.path }
    }

    /// A document as an honest registry would send it, its digest announced.
    static func document(
        _ text: String, _ type: MediaType = .ociManifest, _ fields: [String: String] = [:]
    ) -> ScriptedRegistry.Reply {
        .answer(200, fields.merging(["Content-Type": type.text]) { own, _ in own }, body: Array(text.utf8))
    }

    /// A limit for everything, so that a test ends soon.
    static var limits: RegistryLimits {
        var limits = RegistryLimits()
        limits.answer = Milliseconds(700)
        limits.change = Milliseconds(700)
        limits.silence = Milliseconds(600)
        limits.pause = Milliseconds(1)
        limits.readBacks = [Milliseconds(1), Milliseconds(1)]
        limits.pages = 20
        limits.names = 100_000
        return limits
    }
}

extension FaultWorld {
    /// Does the work and says in one sentence what came of it.
    static func outcome(of work: RegistryFaultCase.Work, through port: DistributionRegistry) async -> String {
        do throws(Fault) { return try await result(of: work, port) } catch { return "\(error.kind.rawValue): \(error.reason)" }
    }

    private static func result(of work: RegistryFaultCase.Work, _ port: DistributionRegistry) async throws(Fault) -> String {
        guard let name = try? RepositoryName("shop/payments"), let prod = try? Tag("prod"), let final = try? Tag("v1.1.0-rc.1")
        else {
            return "no names"
        }
        switch work {
        case .resolve: return try await port.resolve(prod, in: name).map { "prod names \(words($0))" } ?? "prod does not exist"
        case .release:
            let release = try await port.release(new.top.digest, in: name)
            return release.map { "the image with \($0.digests.members.count) platforms" } ?? "the image does not exist"
        case .tags, .list:
            let list = try await port.tagList(in: name)
            return "\(list.tags.count) tags" + list.strangers.map { "; a name that is no tag: \($0)" }.joined()
        case .blob:
            let blob = try await port.blob(Digest(of: new.blobs[0]), limit: 10_000, in: name)
            return blob.map { "\($0.count) bytes" } ?? "the blob does not exist"
        case .referrers: return "\(try await port.referrers(to: new.top.digest, in: name).count) referrers"
        case .move:
            switch try await port.move(prod, in: name, from: old.top.digest, to: new.top.digest, under: Fence(1)) {
            case .moved: return "moved"
            case .conflict(let observed): return "conflict: prod names \(observed.map(words) ?? "nothing")"
            case .lost(let observed): return "lost: prod names \(observed.map(words) ?? "nothing")"
            }
        case .upload:
            try await port.upload(Array("paper".utf8), in: name)
            return "stored"
        case .deleteTag: return "\(try await port.delete(final, naming: new.top.digest, in: name, under: Fence(1)))"
        case .time: return try await port.time().map(\.description) ?? "no clock"
        }
    }

    private static func words(_ digest: Digest) -> String {
        [(old.top.digest, "the old image"), (new.top.digest, "the new image"), (other.top.digest, "a third image")]
            .first { $0.0 == digest }?.1 ?? digest.description
    }
}
