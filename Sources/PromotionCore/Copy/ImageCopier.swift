/// Takes images from where they were tested to the home of one environment.
package protocol ImageCopier: Sendable {
    /// Makes the destination hold everything that a digest names and everything that speaks for it, byte for byte.
    ///
    /// It may be cut off at any moment and done again: what is there whole is not moved a second time, and nothing names what is
    /// not whole. Nothing is ever removed.
    /// - Parameters:
    ///   - tag: what the image is known by at its source; it is made at the destination too where it is that of a candidate or
    ///     a build, so that the registry keeps an image that no pointer names yet. Nil where there is none.
    ///   - report: is told of every piece.
    /// - Throws: `Fault`; the destination may hold parts then.
    func copy(
        _ digest: Digest, knownAs tag: Tag?, under fence: Fence, report: @escaping @Sendable (CopyProgress) -> Void
    ) async throws(Fault) -> CopyReport
}

/// How far a copy has come.
package struct CopyProgress: Hashable, Sendable, Codable {
    /// Blobs that are at the destination, of all.
    package var blobs = 0
    package var allBlobs = 0
    /// Bytes that went through, of those that have to.
    package var bytes: Int64 = 0
    package var allBytes: Int64 = 0
    /// Blobs that were mounted instead.
    package var mounted = 0

    package init() {}

    /// The progress as people read it: "3 of 12 blobs, 41.2 MB of 120 MB".
    package var words: SafeText {
        guard allBlobs > 0 else { return "reading what there is" }
        let size: SafeText = allBytes > 0 ? ", \(ByteCount.words(bytes)) of \(ByteCount.words(allBytes))" : ""
        return "\(blobs) of \(allBlobs) blobs\(size)"
    }
}

/// What a copy came to.
package struct CopyReport: Hashable, Sendable, Codable {
    /// Manifests and indexes of the image itself, each proven by its digest at the destination.
    package var documents = 0
    /// Blobs that became the destination's without being moved.
    package var mounted = 0
    /// Blobs that were streamed, hashed on the way.
    package var streamed = 0
    /// Blobs that were there.
    package var present = 0
    /// Bytes of what was streamed.
    package var bytes: Int64 = 0
    /// Signatures, attestations, passports and whatever else refers to the image.
    package var referrers = 0
    /// What could not travel, with the reason; the rules of the environment are asked at the destination all the same.
    package private(set) var left: [SafeText] = []

    package init() {}

    /// Most notes about what could not travel.
    private static let leftLimit = 10

    /// Notes what could not travel.
    package mutating func leave(_ words: SafeText) {
        if left.count < Self.leftLimit { left.append(words) }
    }

    /// What was done, as people read it: "3 documents, 2 referrers; 9 blobs mounted, 1 streamed (3 MB), 2 were there".
    package var words: SafeText {
        var blobs: [String] = []
        if mounted > 0 { blobs.append("\(mounted) mounted") }
        if streamed > 0 { blobs.append("\(streamed) streamed (\(ByteCount.words(bytes)))") }
        if present > 0 { blobs.append("\(present) there already") }
        let papers = referrers > 0 ? ", \(referrers) that refer to it" : ""
        let behind = left.isEmpty ? "" : "; left behind: \(left.map(\.text).joined(separator: "; "))"
        return SafeText("\(documents) documents\(papers); blobs: \(blobs.joined(separator: ", "))\(behind)", limit: 500)
    }
}
