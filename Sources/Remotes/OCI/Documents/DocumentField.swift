internal import PromotionCore

/// A value inside a document together with where it stands, so that an error can name the place.
struct DocumentField {
    let value: JSONValue
    let path: String

    /// A member; nil where it is absent or null, which writers in Go use alike.
    func optional(_ name: String) -> DocumentField? {
        guard let value = value[name], value != .null else { return nil }
        return DocumentField(value: value, path: path.isEmpty ? name : "\(path).\(name)")
    }

    func required(_ name: String) throws(ImageDocumentError) -> DocumentField {
        guard let field = optional(name) else { throw .missing(SafeText(path.isEmpty ? name : "\(path).\(name)")) }
        return field
    }

    func text() throws(ImageDocumentError) -> String {
        guard let text = value.text else { throw .notA("a text", at: SafeText(path)) }
        return text
    }

    func object() throws(ImageDocumentError) -> [JSONValue.Member] {
        guard let members = value.members else { throw .notA("an object", at: SafeText(path)) }
        return members
    }

    /// The elements of an array.
    /// - Parameter limit: most elements that are read.
    func elements(limit: Int) throws(ImageDocumentError) -> [DocumentField] {
        guard let elements = value.elements else { throw .notA("a list", at: SafeText(path)) }
        guard elements.count <= limit else { throw .tooMany(SafeText(path), count: elements.count, limit: limit) }
        return elements.enumerated().map { DocumentField(value: $1, path: "\(path)[\($0)]") }
    }

    func digest() throws(ImageDocumentError) -> Digest {
        let text = try text()
        do { return try Digest(parsing: text) } catch { throw .digest(error, at: SafeText(path)) }
    }

    /// A whole number that is not negative.
    func count() throws(ImageDocumentError) -> Int64 {
        guard let number = value.integer, number >= 0 else { throw .notA("a whole number from 0", at: SafeText(path)) }
        return number
    }

    /// An object whose values are all texts.
    func texts(limit: Int) throws(ImageDocumentError) -> [String: String] {
        let members = try object()
        guard members.count <= limit else { throw .tooMany(SafeText(path), count: members.count, limit: limit) }
        var texts: [String: String] = [:]
        for member in members {
            guard let text = member.value.text else {
                throw .notA("a text", at: SafeText("\(path).\(member.name)"))
            }
            texts[member.name] = text
        }
        return texts
    }
}
