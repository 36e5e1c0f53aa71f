package import PromotionCore

extension StoredDocument {
    /// A document as it came, with what it names.
    ///
    /// One of an unknown type is kept as it is, without links: what it holds on to cannot be told.
    /// - Parameter announced: the type that a descriptor or `Content-Type` gave; nil where nobody said.
    /// - Throws: `ImageDocumentError` where it is of a known type and wrong, or its types disagree.
    package init(parsing bytes: [UInt8], as announced: MediaType? = nil) throws(ImageDocumentError) {
        do throws(ImageDocumentError) {
            let document = try ImageDocument(parsing: bytes, as: announced)
            self.init(mediaType: document.mediaType, bytes: bytes, links: document.links)
        } catch .unknownType(let type) {
            self.init(mediaType: announced ?? MediaType(type.text), bytes: bytes)
        }
    }
}
