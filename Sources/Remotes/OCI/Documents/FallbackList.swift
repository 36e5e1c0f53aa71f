internal import PromotionCore

/// What stands under the fallback tag of a subject (OCI distribution-spec, "Referrers Tag Schema").
///
/// Not everything there is a list: GitLab answers `sha256-<hex>` with the subject `sha256:<hex>` itself, and a person may have given
/// the tag to anything.
struct FallbackList {
    /// What the tag names; nil where it names nothing.
    let named: Digest?
    /// What it lists; empty where it is no list.
    let index: ReferrerIndex
    /// Why nothing may be put under the tag; nil where it is a list, or free.
    let reasonNotToWrite: SafeText?

    /// - Throws: `ImageDocumentError` for an index that cannot be read: that is no empty list.
    init(_ document: StoredDocument?, of subject: Digest) throws(ImageDocumentError) {
        named = document?.digest
        guard let document else {
            (index, reasonNotToWrite) = (ReferrerIndex(), nil)
            return
        }
        guard document.digest != subject else {
            (index, reasonNotToWrite) = (ReferrerIndex(), "is answered with the image itself")
            return
        }
        let list: ReferrerIndex
        do throws(ImageDocumentError) { list = try ReferrerIndex(parsing: document) } catch {
            guard !document.mediaType.isIndex else { throw error }
            (index, reasonNotToWrite) = (ReferrerIndex(), "names a document that is no list of referrers")
            return
        }
        index = list
        let isImage = list.descriptors.contains { $0.platform.map { !$0.isIncomplete } ?? false }
        reasonNotToWrite = isImage ? "names an index of platforms" : nil
    }
}
