internal import PromotionCore

/// A signature, an attestation, a passport or whatever else refers to an image, with all that it names.
struct Attachment: Sendable {
    /// How it is found.
    enum Link: Sendable {
        /// By the document that it refers to.
        case subject(Digest)
        /// By a tag that is made of the image's digest, as cosign does.
        case tag(Tag)
    }

    let link: Link
    let top: StoredDocument
    /// The documents from the bottom up, the top among them.
    let documents: [StoredDocument]

    /// What it is called in a sentence.
    var name: SafeText {
        switch link {
        case .subject(let subject): "referrer \(top.digest.short(12)) of \(subject.short(12))"
        case .tag(let tag): SafeText(tag.text)
        }
    }
}

/// Finds everything that refers to an image, and what refers to that, within bounds.
struct Attachments: Sendable {
    let registry: DistributionRegistry
    let repository: RepositoryName

    /// Most attachments of one image.
    private static let limit = 500
    /// Names that cosign makes of a digest.
    private static let suffixes = ["sig", "att", "sbom"]

    /// All of them, each after what it refers to; one that cannot be read whole is noted and left.
    func all(
        of image: [StoredDocument], _ copy: ImageCopy, _ report: inout CopyReport
    ) async throws(Fault) -> [Attachment] {
        var found: [Attachment] = []
        var subjects = image.map(\.digest)
        var seen = Set(subjects)
        var (position, bytes) = (0, 0)
        while position < subjects.count {
            let subject = subjects[position]
            position += 1
            for (link, top) in try await links(to: subject) where seen.insert(top.digest).inserted {
                guard found.count < Self.limit, bytes <= ImageWalk.byteLimit else {
                    let much: SafeText = "\(Self.limit) documents, or \(ImageWalk.byteLimit) bytes of them"
                    throw Fault(.refused, "more than \(much), refer to \(image.last?.digest.short() ?? "it")")
                }
                do throws(Fault) {
                    var whole = CopyReport()
                    let documents = try await copy.documents(below: top.digest, &whole)
                    if let hole = whole.left.first { throw Fault(.refused, hole) }
                    guard documents.allSatisfy({ $0.links != nil }) else {
                        throw Fault(.refused, "it is of a type that nobody here knows")
                    }
                    bytes += documents.reduce(0) { $0 + $1.bytes.count }
                    found.append(Attachment(link: link, top: top, documents: documents))
                    subjects.append(top.digest)
                } catch {
                    guard error.kind == .refused else { throw error }
                    report.leave("\(Attachment(link: link, top: top, documents: []).name): \(error.reason)")
                }
            }
        }
        return found
    }

    private func links(to subject: Digest) async throws(Fault) -> [(Attachment.Link, StoredDocument)] {
        var links: [(Attachment.Link, StoredDocument)] = []
        for suffix in Self.suffixes {
            guard let tag = try? Tag("sha256-\(subject.hex).\(suffix)"),
                let named = try await registry.resolve(tag, in: repository),
                let document = try await registry.document(named, in: repository)
            else { continue }
            links.append((.tag(tag), document))
        }
        links += try await registry.referrers(to: subject, in: repository).map { (.subject(subject), $0) }
        return links
    }
}
