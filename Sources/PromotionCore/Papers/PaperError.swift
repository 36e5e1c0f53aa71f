/// Why the bytes of a signature or attestation say nothing.
package enum PaperError: Error, Equatable, CustomStringConvertible {
    case tooLarge(bytes: Int, limit: Int)
    case json(JSONError)
    case missing(SafeText)
    case base64(SafeText)
    case tooMany(SafeText, limit: Int)
    case payloadType(SafeText)
    case notAStatement(SafeText)
    case digest(DigestError)

    package var description: String {
        switch self {
        case .tooLarge(let bytes, let limit): "it has \(bytes) bytes, more than the \(limit) that are read"
        case .json(let error): "\(error)"
        case .missing(let name): "it has no \(name), or one of the wrong kind"
        case .base64(let name): "its \(name) is not base64"
        case .tooMany(let what, let limit): "it holds more than \(limit) \(what)"
        case .payloadType(let type): "its payload is \"\(type)\", not an in-toto statement"
        case .notAStatement(let type): "its payload is of type \"\(type)\", not an in-toto statement of version 0.1 or 1"
        case .digest(let error): "its subject is wrong: \(error)"
        }
    }
}

extension JSONValue {
    /// A text member that must be there.
    func text(_ name: String) throws(PaperError) -> String {
        guard let text = self[name]?.text else { throw .missing(SafeText(name, limit: 60)) }
        return text
    }

    /// A document read strictly.
    static func paper(_ bytes: [UInt8], limit: Int) throws(PaperError) -> JSONValue {
        guard bytes.count <= limit else { throw .tooLarge(bytes: bytes.count, limit: limit) }
        do { return try JSONParser.parse(bytes) } catch { throw .json(error) }
    }
}
