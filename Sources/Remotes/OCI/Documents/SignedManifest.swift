internal import PromotionCore

/// A manifest of schema 1, which carries its signatures in itself (distribution, "Image Manifest Version 2, Schema 1").
///
/// It makes no image here. Its digest is that of what was signed, which is the document without the signatures.
enum SignedManifest {
    /// The bytes that its digest is of; nil where it is no such manifest, or its signatures do not say.
    static func payload(of bytes: [UInt8], as type: MediaType?) -> [UInt8]? {
        guard let type, MediaType.schema1.contains(type),
            let signatures = (try? JSONParser.parse(bytes))?["signatures"]?.elements,
            let text = signatures.first?["protected"]?.text, let protected = unpadded(text),
            let header = try? JSONParser.parse(protected), let length = header["formatLength"]?.integer,
            let tail = header["formatTail"]?.text.flatMap(unpadded), length >= 0, length <= Int64(bytes.count)
        else { return nil }
        return bytes.prefix(Int(length)) + tail
    }

    /// Decodes base64url without padding (RFC 7515, section 2).
    private static func unpadded(_ text: String) -> [UInt8]? {
        Base64.decode(text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4), urlSafe: true)
    }
}
