import PromotionCore
import Remotes

extension RegistryFaultCase {
    private static let top = FaultWorld.new.top.digest
    /// The manifest and configuration of the first platform.
    private static let configuration = Digest(of: FaultWorld.new.blobs[0])
    private static let manifest = Digest(of: FaultWorld.new.blobs[1])
    private static let otherManifest = Digest(of: FaultWorld.new.blobs[3])

    /// Lies about what a digest or tag names.
    static let documents: [RegistryFaultCase] = [
        .init(
            "404 in plain text for a manifest", .release, does: "asks a person; never takes it for absence",
            says: "not a registry's"
        ) {
            request, _ in
            request.rest.hasPrefix("manifests/")
                ? .answer(404, ["Content-Type": "text/plain"], body: Array("not found".utf8)) : nil
        },
        .init(
            "404 at the first request, the image at the second", .release, does: "asks twice before it believes",
            says: "2 platforms"
        ) {
            request, contents in
            FaultWorld.asks(request, for: top) && FaultWorld.times(request, contents) == 1 ? .error(404, "MANIFEST_UNKNOWN") : nil
        },
        .init(
            "404 MANIFEST_UNKNOWN again and again", .release, does: "believes it, once the repository itself was seen",
            says: "does not exist"
        ) {
            request, _ in FaultWorld.asks(request, for: top) ? .error(404, "MANIFEST_UNKNOWN") : nil
        },
        .init(
            "404 with a code of its own again and again (Harbor)", .release,
            does: "believes it, once the repository itself was seen", says: "does not exist"
        ) {
            request, _ in FaultWorld.asks(request, for: top) ? .error(404, "NOT_FOUND") : nil
        },
        .init("404 DENIED", .release, does: "cannot tell absence from a missing right", says: "hides it") {
            request, _ in FaultWorld.asks(request, for: top) ? .error(404, "DENIED") : nil
        },
        .init(
            "404 without a code (Artifactory, no such repository)", .release, does: "asks a person; never takes it for absence",
            says: "not a registry's"
        ) {
            request, _ in
            FaultWorld.asks(request, for: top) ? .json(404, #"{"errors":[{"status":404,"message":"Not Found"}]}"#) : nil
        },
        .init("404 TOOMANYREQUESTS", .release, does: "asks again, with growing pauses", says: "429") {
            _, _ in .error(404, "TOOMANYREQUESTS")
        },
        .init(
            "404 NAME_UNKNOWN for the whole repository", .resolve, does: "cannot tell absence from a missing right",
            says: "hides it"
        ) {
            _, _ in .error(404, "NAME_UNKNOWN")
        },
        .init("other bytes than the digest says", .release, does: "drops them", says: "they were dropped") { request, _ in
            FaultWorld.asks(request, for: manifest)
                ? FaultWorld.document(String(decoding: FaultWorld.other.blobs[1], as: UTF8.self)) : nil
        },
        .init("a digest header that is not that of the body", .resolve, does: "drops the body", says: "it announced the digest") {
            request, _ in
            guard request.rest == "manifests/prod" else { return nil }
            if request.method == "HEAD" { return .answer(200) }
            return FaultWorld.document(
                String(decoding: FaultWorld.old.blobs[1], as: UTF8.self), .ociManifest, ["Docker-Content-Digest": "\(top)"])
        },
        .init("no digest header", .resolve, does: "reads the bytes and hashes them", says: "the old image") { request, contents in
            guard request.rest == "manifests/prod", let document = contents.documents[FaultWorld.old.top.digest] else {
                return nil
            }
            return .answer(200, ["Content-Type": document.mediaType.text], body: document.bytes)
        },
        .init("304 though nothing was asked about", .resolve, does: "does not guess", says: "status 304") { request, _ in
            request.method == "HEAD" ? .answer(304) : nil
        },
        .init("a Content-Type that the document contradicts", .release, does: "refuses it", says: "announced as") {
            request, contents in
            guard FaultWorld.asks(request, for: top), let document = contents.documents[top] else { return nil }
            return .answer(200, ["Content-Type": MediaType.ociManifest.text], body: document.bytes)
        },
        .init("both \"manifests\" and \"layers\"", .resolve, does: "refuses it", says: "neither an index nor a manifest") {
            request, _ in
            guard request.rest == "manifests/prod" else { return nil }
            return request.method == "HEAD"
                ? .answer(200) : FaultWorld.document(#"{"schemaVersion":2,"manifests":[],"layers":[]}"#)
        },
        .init("a document of more than 4 MiB", .release, does: "does not begin to read it", says: "4194304") { request, _ in
            FaultWorld.asks(request, for: top) ? .answer(200, ["Content-Length": "5000000"]) : nil
        },
        .init("a document without end", .release, does: "stops at 4 MiB or the deadline", says: "4194304") { request, _ in
            guard FaultWorld.asks(request, for: top) else { return nil }
            let piece = String(repeating: " ", count: 60_000)
            return .endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", then: "ea60\r\n\(piece)\r\n")
        },
        .init("a body that ends too early", .release, does: "tries again, then gives up", says: "closed before") { request, _ in
            FaultWorld.asks(request, for: top) ? .raw("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{") : nil
        },
        .init("a compressed body", .release, does: "refuses it", says: "encoded as gzip") { request, _ in
            FaultWorld.asks(request, for: top) ? FaultWorld.document("x", .ociIndex, ["Content-Encoding": "gzip"]) : nil
        },
        .init("JSON nested without end", .resolve, does: "stops at 32 levels", says: "32") { request, _ in
            guard request.rest == "manifests/prod" else { return nil }
            return request.method == "HEAD" ? .answer(200) : FaultWorld.document(String(repeating: "[", count: 100_000))
        },
        .init("an index of 1,001 children", .resolve, does: "refuses it", says: "1001") { request, _ in
            guard request.rest == "manifests/prod" else { return nil }
            let children = Array(repeating: SampleImage.entry(FaultWorld.old.top), count: 1_001).joined(separator: ",")
            let text = #"{"schemaVersion":2,"mediaType":"\#(MediaType.ociIndex.text)","manifests":[\#(children)]}"#
            return request.method == "HEAD" ? .answer(200) : FaultWorld.document(text, .ociIndex)
        },
        .init("an index of which one platform is gone", .release, does: "goes on with the others", says: "1 platforms") {
            request, _ in FaultWorld.asks(request, for: manifest) ? .error(404, "MANIFEST_UNKNOWN") : nil
        },
        .init("an index whose platforms are all gone", .move, does: "moves nothing", says: "incomplete") { request, _ in
            [manifest, otherManifest].contains { FaultWorld.asks(request, for: $0) } ? .error(404, "MANIFEST_UNKNOWN") : nil
        },
        .init("an image whose configuration is gone", .move, does: "moves nothing", says: "incomplete") { request, _ in
            FaultWorld.asks(request, for: configuration) ? .error(404, "BLOB_UNKNOWN") : nil
        },
        .init("a configuration announced at full length, and no bytes", .move, does: "moves nothing", says: "closed before") {
            request, _ in
            FaultWorld.asks(request, for: configuration) ? .raw("HTTP/1.1 200 OK\r\nContent-Length: 189\r\n\r\n") : nil
        },
        .init("a blob with other bytes", .blob, does: "drops them", says: "they were dropped") { request, _ in
            FaultWorld.asks(request, for: configuration) ? .answer(200, body: Array("other".utf8)) : nil
        },
    ]
}
