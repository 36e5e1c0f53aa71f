package import PromotionCore

/// Reads what hangs on an image and what it is made of, within bounds; it judges nothing.
package struct PaperReader: Sendable {
    let store: any ArtifactStore
    let repository: RepositoryName

    package init(store: any ArtifactStore, repository: RepositoryName) {
        self.store = store
        self.repository = repository
    }

    /// Documents from an index to a manifest.
    private static let depthLimit = 4
    /// Layers of one paper's manifest that are looked at: cosign keeps every signature of an image in one.
    private static let layerLimit = 32

    /// Everything that claims to speak for an image: cosign's tags first, then what refers to it, passports last.
    package func papers(on digest: Digest) async throws(Fault) -> Papers {
        var stack = Stack()
        for suffix in ["sig", "att"] {
            let name = "sha256-\(digest.hex).\(suffix)"
            guard let tag = try? Tag(name), let named = try await store.resolve(tag, in: repository) else { continue }
            try await add(named, tagged: SafeText(name), to: &stack)
        }
        let referrers = try await store.referrers(to: digest, in: repository)
        // Every promotion adds a passport: many of them must not keep out what was asked for.
        for document in referrers.filter({ !$0.isPassport }) + referrers.filter(\.isPassport) {
            try await add(document, found: "referrer \(document.digest.short(12))", to: &stack)
        }
        return Papers(stack.papers, isCut: stack.isCut)
    }

    private struct Stack {
        var papers: [Paper] = []
        var bytes = 0
        var isCut = false

        var isFull: Bool { papers.count >= Papers.limit }

        mutating func add(_ paper: Paper) {
            let count = paper.bytes
            guard !isFull, bytes + count <= Papers.byteLimit else { return isCut = true }
            papers.append(paper)
            bytes += count
        }
    }

    /// What a tag of cosign's names. A document that cannot be read is an answer about itself, never the lack of a signature.
    private func add(_ digest: Digest, tagged place: SafeText, to stack: inout Stack) async throws(Fault) {
        let document: StoredDocument?
        do throws(Fault) { document = try await store.document(digest, in: repository) } catch {
            guard error.kind == .refused else { throw error }
            return stack.add(Paper(place: place, form: .unreadable(error.reason)))
        }
        guard let document else {
            return stack.add(Paper(place: place, form: .unreadable("what the tag names is missing")))
        }
        try await add(document, found: place, to: &stack)
    }

    private func add(_ document: StoredDocument, found place: SafeText, to stack: inout Stack) async throws(Fault) {
        guard let links = document.links else {
            return stack.add(Paper(place: place, form: .unknown(SafeText(document.mediaType.text, limit: 100))))
        }
        if links.artifactType == Paper.notation {
            return stack.add(Paper(place: place, form: .unknown("a notation signature")))
        }
        let layers = links.layers.filter { Paper.limit(of: $0.mediaType) != nil }
        for layer in layers.prefix(Self.layerLimit) {
            guard let limit = Paper.limit(of: layer.mediaType), !stack.isFull else { return stack.isCut = true }
            stack.add(try await paper(layer, limit: limit, found: place))
        }
        if layers.count > Self.layerLimit { stack.isCut = true }
    }

    /// One paper. One that lies or is too large is an answer about itself alone; a registry that does not answer is a fault.
    private func paper(_ layer: Descriptor, limit: Int, found place: SafeText) async throws(Fault) -> Paper {
        guard layer.size <= Int64(limit) else {
            return Paper(place: place, form: .unreadable("it has \(layer.size) bytes, more than the \(limit) that are read"))
        }
        do throws(Fault) {
            guard let bytes = try await store.blob(layer.digest, limit: limit, in: repository) else {
                return Paper(place: place, form: .unreadable("its blob is missing"))
            }
            guard Int64(bytes.count) == layer.size else {
                return Paper(
                    place: place, form: .unreadable("it has \(bytes.count) bytes, and is said to have \(layer.size)"))
            }
            return Paper(layer: layer, bytes: bytes, place: place)
        } catch {
            guard error.kind == .refused else { throw error }
            return Paper(place: place, form: .unreadable(error.reason))
        }
    }

    /// What an image is made of on one platform; an image that names none is taken to fit every one.
    /// - Throws: `Fault.refused` where it does not exist, does not offer the platform, or is none.
    package func contents(of digest: Digest, for platform: Platform) async throws(Fault) -> ImageContents {
        let found = try await contents(Descent(top: digest, digest: digest, platform: nil), for: platform)
        guard let found else { throw Fault(.refused, "\(digest.short()) does not offer \(platform)") }
        return found
    }

    /// One step of the way from an image's top to a platform.
    private struct Descent {
        let top: Digest
        var digest: Digest
        var platform: Platform?
        var annotations: [String: String] = [:]
        var depth = 1

        var isTop: Bool { depth == 1 }
    }

    /// What one document of an image is made of; nil for a child that is no image, such as an artifact that is listed for the same
    /// platform, or that a mirror left out.
    private func contents(_ here: Descent, for platform: Platform) async throws(Fault) -> ImageContents? {
        guard here.depth <= Self.depthLimit else {
            throw Fault(.refused, "\(here.top.short()) nests deeper than \(Self.depthLimit) documents")
        }
        guard let document = try await store.document(here.digest, in: repository), let links = document.links else {
            guard here.isTop else { return nil }
            throw Fault(.refused, "\(here.digest.short()) is missing in \(repository), or is no image")
        }
        var next = here
        next.annotations.merge(links.annotations) { outer, _ in outer }
        next.depth += 1
        guard let configuration = links.configuration else {
            for child in links.children(for: platform) {
                (next.digest, next.platform) = (child.digest, child.platform)
                if let found = try await contents(next, for: platform) { return found }
            }
            return nil
        }
        guard configuration.mediaType.isImageConfiguration else {
            guard here.isTop else { return nil }
            throw Fault(.refused, "\(here.digest.short()) is an artifact (\(configuration.mediaType)), not an image that can run")
        }
        guard
            let bytes = try await store.blob(configuration.digest, limit: ImageContents.configurationLimit, in: repository)
        else { throw Fault(.refused, "the configuration of \(here.top.short()) is missing in \(repository)") }
        return try contents(of: here.top, on: here.platform, configuredBy: bytes, next.annotations, links.layers)
    }

    private func contents(
        of digest: Digest, on platform: Platform?, configuredBy bytes: [UInt8], _ annotations: [String: String],
        _ layers: [Descriptor]
    ) throws(Fault) -> ImageContents {
        let parsed: ConfigurationContents
        do throws(PaperError) { parsed = try ConfigurationContents(parsing: bytes) } catch {
            throw Fault(.refused, "the configuration of \(digest.short()) cannot be read: \(error)")
        }
        let safe = annotations.map { (SafeText($0.key, limit: 256).text, SafeText($0.value, limit: 1_000)) }
        return ImageContents(
            digest: digest, platform: platform, configuration: parsed,
            annotations: Dictionary(safe, uniquingKeysWith: { first, _ in first }),
            layers: layers.map { .init(digest: $0.digest, size: $0.size) })
    }

    /// What the rules of an environment ask to be read, and nothing else.
    package func review(of digest: Digest, for rules: ImageRules, on platform: Platform) async throws(Fault) -> ImageReview {
        let papers = rules.needsPapers ? try await papers(on: digest) : Papers([])
        return ImageReview(
            papers: papers, contents: rules.needsContents ? try await contents(of: digest, for: platform) : nil)
    }
}

/// The rules about an image, asked once more when nothing has changed yet.
package struct ImageGate: Sendable {
    let rules: ImageRules
    let platform: Platform
    /// Nil where the registry's contents are not worked on.
    let reader: PaperReader?

    package init(rules: ImageRules, platform: Platform, reader: PaperReader?) {
        self.rules = rules
        self.platform = platform
        self.reader = reader
    }

    /// Proves that the rules hold now.
    /// - Returns: what was seen, keys named; nil where nothing is asked.
    /// - Throws: `Fault.refused` with the first rule that does not hold.
    package func prove(_ digest: Digest) async throws(Fault) -> SafeText? {
        guard !rules.papers.isEmpty || rules.needsContents else { return nil }
        guard let reader else { throw Fault(.refused, "signatures and image policy cannot be asked of this registry") }
        let conditions = rules.conditions(
            on: try await reader.review(of: digest, for: rules, on: platform), of: digest)
        if let objection = conditions.compactMap(\.objection).first { throw Fault(.refused, objection.reason) }
        let seen = conditions.compactMap { condition -> String? in
            if case .met(let words) = condition.state { words.text } else { nil }
        }
        return SafeText(seen.joined(separator: "; "), limit: 400)
    }
}

extension StoredDocument {
    /// Whether it says that it is a passport; what it is, its envelope tells.
    fileprivate var isPassport: Bool { links?.artifactType == Passport.artifactType }
}

extension DocumentLinks {
    /// Children that may be the image for a platform: those that are listed for it first, then those that name none.
    fileprivate func children(for platform: Platform) -> [Descriptor] {
        let images = children.filter { !$0.isBesideThePlatforms && MediaType.documents.contains($0.mediaType) }
        return images.filter { $0.platform == platform } + images.filter { $0.platform == nil }
    }
}
