import Foundation
import PromotionCore
import Remotes
import Synchronization

/// A registry on loopback that does what the specification says, but for what a script makes it do.
///
/// Only for what a real registry cannot be made to do.
final class ScriptedRegistry: Sendable {
    struct Request: Sendable {
        let method: String
        let path: String
        let head: String
        let body: [UInt8]

        func field(_ name: String) -> String? {
            head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name + ":") }
                .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
        }

        /// `manifests/prod` of `/v2/shop/payments/manifests/prod`.
        var rest: String { String(path.dropFirst("/v2/shop/payments/".count)) }
    }

    enum Reply: Sendable {
        case answer(Int, [String: String] = [:], body: [UInt8] = [])
        /// Exact bytes, then the end of the connection.
        case raw(String)
        /// These bytes again and again after a beginning.
        case endless(String, then: String)
        case reset
        case silence

        static func json(_ status: Int, _ text: String, _ fields: [String: String] = [:]) -> Reply {
            .answer(status, fields.merging(["Content-Type": "application/json"]) { own, _ in own }, body: Array(text.utf8))
        }

        static func error(_ status: Int, _ code: String, _ message: String = "no", _ fields: [String: String] = [:]) -> Reply {
            json(status, #"{"errors":[{"code":"\#(code)","message":"\#(message)"}]}"#, fields)
        }
    }

    /// What an honest registry holds.
    struct Contents: Sendable {
        var tags: [String: Digest] = [:]
        var documents: [Digest: StoredDocument] = [:]
        var blobs: [Digest: [UInt8]] = [:]
        /// Requests that came, oldest first.
        var requests: [Request] = []

        mutating func push(_ image: SampleImage, tags names: [String]) {
            for blob in image.blobs {
                if let document = try? StoredDocument(parsing: blob), document.links != nil {
                    documents[document.digest] = document
                }
                blobs[Digest(of: blob)] = blob
            }
            for name in names { tags[name] = image.top.digest }
        }
    }

    /// Answers a request, or leaves it to the honest registry.
    typealias Script = @Sendable (Request, inout Contents) -> Reply?

    private let server: RawServer

    init(_ contents: Contents, _ script: @escaping Script) throws {
        let shared = Shared(contents)
        held = shared
        server = try RawServer { connection in
            let head = connection.readHead()
            let words = head.split(separator: " ", maxSplits: 2).map(String.init)
            guard words.count == 3 else { return }
            let bare = Request(method: words[0], path: words[1], head: head, body: [])
            let length = bare.field("content-length").flatMap { Int($0) } ?? 0
            let request = Request(method: words[0], path: words[1], head: head, body: connection.read(length))
            let reply = shared.contents.withLock { contents in
                contents.requests.append(request)
                return script(request, &contents) ?? Self.honest(request, &contents)
            }
            Self.send(reply, to: request, over: connection)
        }
    }

    private final class Shared: Sendable {
        let contents: Mutex<Contents>
        init(_ contents: Contents) { self.contents = Mutex(contents) }
    }

    private let held: Shared

    var now: Contents { held.contents.withLock { $0 } }
    var address: RegistryAddress? { RegistryAddress(server.endpoint.description) }

    private static func send(_ reply: Reply, to request: Request, over connection: RawServer.Connection) {
        switch reply {
        case .answer(let status, let fields, let body):
            var head = "HTTP/1.1 \(status) X\r\nConnection: close\r\n"
            for (name, value) in fields { head += "\(name): \(value)\r\n" }
            if fields["Content-Length"] == nil { head += "Content-Length: \(body.count)\r\n" }
            connection.send(head + "\r\n")
            if request.method != "HEAD" { connection.send(body) }
        case .raw(let text): connection.send(text)
        case .endless(let start, let piece):
            connection.send(start)
            connection.send(forEver: piece)
        case .reset: connection.reset()
        case .silence: connection.wait()
        }
    }
}

extension ScriptedRegistry {
    /// What the specification wants.
    static func honest(_ request: Request, _ contents: inout Contents) -> Reply {
        let parts = request.rest.split(separator: "/", maxSplits: 1).map(String.init)
        guard request.path != "/v2/" else { return .json(200, "{}", ["Date": "Tue, 24 Nov 2026 09:00:00 GMT"]) }
        guard request.path.hasPrefix("/v2/shop/payments/"), parts.count == 2 else { return .error(404, "NAME_UNKNOWN") }
        switch (parts[0], request.method) {
        case ("manifests", "PUT"): return put(request, parts[1], &contents)
        case ("manifests", "DELETE"): return .error(405, "UNSUPPORTED")
        case ("manifests", _): return manifest(parts[1], contents)
        case ("blobs", "GET"):
            guard let digest = try? Digest(parsing: parts[1]), let blob = contents.blobs[digest] else {
                return .error(404, "BLOB_UNKNOWN")
            }
            return .answer(200, ["Content-Type": "application/octet-stream"], body: blob)
        case ("blobs", "POST"): return .answer(202, ["Location": "/v2/shop/payments/blobs/uploads/1"])
        case ("blobs", "PUT"):
            let digest = Digest(of: request.body)
            guard parts[1] == "uploads/1?digest=\(digest)" else { return .error(400, "DIGEST_INVALID") }
            contents.blobs[digest] = request.body
            return .answer(201, ["Location": "/v2/shop/payments/blobs/\(digest)"])
        case ("tags", "GET"):
            let names = contents.tags.keys.sorted().map { "\"\($0)\"" }.joined(separator: ",")
            return .json(200, #"{"name":"shop/payments","tags":[\#(names)]}"#)
        default: return .answer(404, ["Content-Type": "text/plain"], body: Array("404 page not found".utf8))
        }
    }

    private static func manifest(_ reference: String, _ contents: Contents) -> Reply {
        let digest = (try? Digest(parsing: reference)) ?? contents.tags[reference]
        guard let digest, let document = contents.documents[digest] else { return .error(404, "MANIFEST_UNKNOWN") }
        return .answer(
            200, ["Content-Type": document.mediaType.text, "Docker-Content-Digest": "\(digest)", "Etag": "\"\(digest)\""],
            body: document.bytes)
    }

    static func put(_ request: Request, _ reference: String, _ contents: inout Contents) -> Reply {
        let type = request.field("content-type").map { MediaType($0) }
        guard let document = try? StoredDocument(parsing: request.body, as: type) else { return .error(400, "MANIFEST_INVALID") }
        contents.documents[document.digest] = document
        if (try? Digest(parsing: reference)) == nil { contents.tags[reference] = document.digest }
        return .answer(201, ["Docker-Content-Digest": "\(document.digest)", "Location": request.path])
    }
}
