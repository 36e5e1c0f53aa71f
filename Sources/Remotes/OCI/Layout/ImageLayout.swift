internal import PromotionCore

/// One open image layout whose version has been checked.
struct ImageLayout: ~Copyable {
    let directory: LayoutDirectory
    /// How the versions in it are written.
    let scheme: TagScheme

    /// OCI image-spec, "Image Layout": the only version there is.
    static let version = "1.0.0"

    init(_ path: String, _ scheme: TagScheme) throws(Fault) {
        let directory = try LayoutDirectory(path)
        guard let bytes = try directory.read("oci-layout", limit: 65_536) else {
            throw Fault(.refused, SafeText("\(path) is no image layout: it has no file oci-layout"))
        }
        let version: String
        do throws(ImageDocumentError) {
            version = try DocumentField(value: try JSONParser.document(bytes), path: "").required("imageLayoutVersion").text()
        } catch { throw .refused(error, in: "\(path)/oci-layout") }
        guard version == Self.version else {
            throw Fault(
                .refused,
                SafeText("\(path) has the layout version \(SafeText(version, limit: 20)); \(Self.version) is supported"))
        }
        self.directory = directory
        self.scheme = scheme
    }

    var path: String { directory.path }

    /// The tags as they are now.
    func index() throws(Fault) -> LayoutIndex { try LayoutIndex(try indexBytes(), in: path) }

    func indexBytes() throws(Fault) -> [UInt8] {
        guard let bytes = try directory.read("index.json", limit: LayoutIndex.byteLimit) else {
            throw Fault(.refused, SafeText("\(path) is no image layout: it has no index.json"))
        }
        return bytes
    }

    /// The bytes of a document; nil where it does not exist. The caller compares them with the digest.
    func blob(_ digest: Digest, limit: Int = ImageDocument.byteLimit) throws(Fault) -> [UInt8]? {
        guard let blobs = try directory.directory("blobs"), let sha256 = try blobs.directory("sha256") else { return nil }
        return try sha256.read(digest.hex, limit: limit)
    }

    /// Walks from a digest to every configuration.
    /// - Returns: nil where the digest itself does not exist.
    /// - Throws: `Fault.refused` where anything on the way is missing or lies.
    func image(of digest: Digest, in index: LayoutIndex) throws(Fault) -> (walk: ImageWalk, image: WalkedImage)? {
        switch try walk(digest, in: index) {
        case .image(let walk, let image): return (walk, image)
        case .absent: return nil
        case .damaged(let fault): throw fault
        }
    }

    /// Where a walk from a digest down to the configurations ended.
    enum Walked {
        case image(ImageWalk, WalkedImage)
        case absent
        case damaged(Fault)
    }

    /// Reads an image from its top.
    /// - Throws: `Fault` if something could not be read, which says nothing of the image.
    func walk(_ digest: Digest, in index: LayoutIndex) throws(Fault) -> Walked {
        let what = "\(path)@\(digest.description)"
        let announced: Descriptor?
        do { announced = try index.descriptor(of: digest) } catch { throw Fault(.refused, SafeText("\(path): \(error)")) }
        var walk = ImageWalk(top: digest, mediaType: announced?.mediaType, size: announced?.size)
        while let wanted = walk.wanted.first {
            guard let bytes = try blob(wanted.digest) else {
                if wanted.digest == digest { return .absent }
                return .damaged(.refused(.incomplete(missing: wanted.digest), in: what))
            }
            do { try walk.receive(bytes, for: wanted) } catch { return .damaged(.refused(error, in: what)) }
        }
        do { return .image(walk, try walk.image()) } catch { return .damaged(.refused(error, in: what)) }
    }
}

extension LayoutIndex {
    /// Parses, and names the layout in the fault.
    init(_ bytes: [UInt8], in path: String) throws(Fault) {
        do throws(ImageDocumentError) { try self.init(parsing: bytes) } catch { throw .refused(error, in: "\(path)/index.json") }
    }

    /// What a tag names, with the layout named in the fault.
    func digest(of tag: Tag, in path: String) throws(Fault) -> Digest? {
        do { return try descriptor(of: tag)?.digest } catch { throw Fault(.refused, SafeText("\(path)/index.json: \(error)")) }
    }

    /// All tags, with the layout named in the fault.
    func allTags(in path: String) throws(Fault) -> [Tag: Digest] {
        do { return try tags() } catch { throw Fault(.refused, SafeText("\(path)/index.json: \(error)")) }
    }
}
