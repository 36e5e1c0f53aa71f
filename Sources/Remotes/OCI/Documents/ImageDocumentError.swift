package import PromotionCore

/// Why bytes make no image.
package enum ImageDocumentError: Error, Equatable, CustomStringConvertible {
    case json(JSONError)
    case tooLarge(bytes: Int64, limit: Int)
    case missing(SafeText)
    case notA(SafeText, at: SafeText)
    case digest(DigestError, at: SafeText)
    case tooMany(SafeText, count: Int, limit: Int)
    case ambiguous
    case schema(SafeText)
    case typesDisagree(announced: SafeText, found: SafeText)
    case unknownType(SafeText)
    case wrongDigest(wanted: Digest, found: Digest)
    case wrongSize(of: Digest, announced: Int64, found: Int)
    case tooDeep(limit: Int)
    case tooMuch(bytes: Int)
    case artifact(configuration: SafeText)
    case noImage
    case incomplete(missing: Digest)

    package var description: String {
        switch self {
        case .json(let error): error.description
        case .tooLarge(let bytes, let limit): "\(bytes) bytes are more than the \(limit) that Baton reads of one document"
        case .missing(let path): "\(path) is missing"
        case .notA(let wanted, let path): "\(path) is not \(wanted)"
        case .digest(let error, let path): "\(path): \(error)"
        case .tooMany(let what, let count, let limit): "\(count) \(what), more than the \(limit) that Baton reads"
        case .ambiguous: "the document holds both \"manifests\" and \"layers\": it is neither an index nor a manifest"
        case .schema(let found): "schemaVersion is \(found), only 2 is supported"
        case .typesDisagree(let announced, let found): "announced as \(announced), but the document says \(found)"
        case .unknownType(let type): "\"\(type)\" is neither an image index nor an image manifest"
        case .wrongDigest(let wanted, let found): "the bytes of \(wanted) have the digest \(found)"
        case .wrongSize(let digest, let announced, let found): "\(digest) has \(found) bytes, announced were \(announced)"
        case .tooDeep(let limit): "indexes are nested deeper than \(limit) levels"
        case .tooMuch(let bytes): "the documents of the image have more than \(bytes) bytes together"
        case .artifact(let type): "an artifact with configuration type \"\(type)\", not an image that can run"
        case .noImage: "the index lists no image for any platform"
        case .incomplete(let digest): "the image is incomplete: \(digest) is missing"
        }
    }
}
