package import PromotionCore

/// The highest fence that each tag was moved under, kept beside a layout so that a stale one is refused after a restart too.
package struct FenceRecord: Hashable, Sendable {
    /// The file's name in the layout directory; a layout may hold files that the format does not know.
    package static let fileName = "baton-fences.json"
    /// Bytes of the file that are read: some 30,000 tags.
    package static let byteLimit = 1 << 20

    private var fences: [JSONValue.Member]

    /// A record that has seen nothing.
    package init() { fences = [] }

    /// Parses a record.
    /// - Throws: `ImageDocumentError`; a record that cannot be read is never taken for an empty one.
    package init(parsing bytes: [UInt8]) throws(ImageDocumentError) {
        let root = DocumentField(value: try JSONParser.document(bytes), path: "")
        fences = try root.object()
        for fence in fences where fence.value.integer == nil {
            throw .notA("a whole number", at: SafeText(fence.name))
        }
    }

    package var bytes: [UInt8] { JSONValue.object(fences).bytes }

    /// The highest fence seen; nil where the tag was never moved.
    package func highest(of tag: Tag) -> Fence? {
        fences.first { $0.name == tag.text }?.value.integer.map(Fence.init)
    }

    /// Notes a fence.
    package mutating func note(_ fence: Fence, of tag: Tag) {
        let value = JSONValue.number("\(fence.number)")
        if let position = fences.firstIndex(where: { $0.name == tag.text }) {
            fences[position].value = value
        } else {
            fences.append(.init(tag.text, value))
        }
    }
}
