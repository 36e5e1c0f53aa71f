internal import NIOCore
internal import NIOHTTP1
internal import PromotionCore

/// One request to a registry, as a value.
struct RegistryRequest: Sendable {
    /// What carries the body.
    enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// Can be sent once only.
        case stream(BlobStream, length: Int64)
    }

    var method: HTTPMethod
    /// From the slash on: `/v2/shop/payments/manifests/prod`.
    var path: String
    var fields: [(name: String, value: String)] = []
    var body = Body.none
    /// Rights that it needs.
    var scopes: [TokenScope]
    /// Bytes of the answer's body that are read; a longer one is an error.
    var limit: Int = ErrorBody.byteLimit
    var deadline: Milliseconds
    /// Whether it may be sent again when its outcome is not known.
    var isRepeatable: Bool
    /// Until when it may be sent: what it rests on was read shortly before. Nil for a request that rests on nothing.
    var sentBy: Timestamp?

    /// A request that changes nothing.
    static func read(
        _ method: HTTPMethod = .GET, _ path: String, limit: Int = ErrorBody.byteLimit, scopes: [TokenScope],
        _ limits: RegistryLimits
    ) -> RegistryRequest {
        RegistryRequest(method: method, path: path, scopes: scopes, limit: limit, deadline: limits.answer, isRepeatable: true)
    }

    /// A request that is sent once: whether it was carried out is found out by reading.
    static func change(
        _ method: HTTPMethod, _ path: String, scopes: [TokenScope], _ limits: RegistryLimits
    ) -> RegistryRequest {
        RegistryRequest(method: method, path: path, scopes: scopes, deadline: limits.change, isRepeatable: false)
    }

    /// The request as a sentence names it.
    var words: String { "\(method.rawValue) \(path)" }
}

/// What a registry answered, its body within the request's bound.
struct RegistryAnswer: Sendable {
    let status: Int
    let fields: HTTPHeaders
    let body: [UInt8]

    /// The value of a header field; the first where there are several.
    func field(_ name: String) -> String? { fields.first(name: name) }

    /// The type of the body without parameters (RFC 9110, 8.3).
    var mediaType: MediaType? {
        guard let text = field("content-type")?.prefix(while: { $0 != ";" }) else { return nil }
        let trimmed = String(text).trimmed.lowercased()
        return trimmed.isEmpty ? nil : MediaType(trimmed)
    }

    /// What `Docker-Content-Digest` says, as it came.
    var announcedDigest: String? { field("docker-content-digest") }

    var errors: ErrorBody { ErrorBody(body) }
}
