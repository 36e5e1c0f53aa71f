package import PromotionCore

/// Brings images to the home of one environment, from a repository of the same registry or of another one.
package struct RegistryCopier: ImageCopier {
    private let source: DistributionRegistry
    private let from: RepositoryName
    private let destination: DistributionRegistry
    private let to: RepositoryName
    private let environment: EnvironmentName

    package init(
        from source: DistributionRegistry, _ from: RepositoryName, to destination: DistributionRegistry, _ to: RepositoryName,
        for environment: EnvironmentName
    ) {
        self.source = source
        self.from = from
        self.destination = destination
        self.to = to
        self.environment = environment
    }

    package func copy(
        _ digest: Digest, knownAs tag: Tag?, under fence: Fence, report: @escaping @Sendable (CopyProgress) -> Void
    ) async throws(Fault) -> CopyReport {
        try await admit(fence)
        let copy = ImageCopy(from: source.client, from, to: destination.client, to, report: report)
        var done = CopyReport()
        let image = try await copy.documents(below: digest, &done)
        let attachments = try await Attachments(registry: source, repository: from).all(of: image, copy, &done)
        let meter = try copy.meter(for: image + attachments.flatMap(\.documents))
        try await copy.copyBlobs(of: image, meter, &done)
        try await admit(fence)
        for document in image { try await copy.put(document) }
        done.documents = image.count
        for attachment in attachments {
            do throws(Fault) {
                try await copy.copyBlobs(of: attachment.documents, meter, &done)
                for document in attachment.documents.dropLast() { try await copy.put(document) }
                try await attach(attachment, under: fence, &done)
            } catch {
                // What hangs on an image and is broken at its source stays there; the rules of the environment miss it, if they ask.
                guard error.kind == .refused else { throw error }
                done.leave("\(attachment.name): \(error.reason)")
            }
        }
        try await hold(digest, by: tag, under: fence, &done)
        destination.memory.forgetProof(of: digest, in: to)
        destination.memory.forgetTags(of: to)
        return done
    }

    /// Every change is made under a lease that is still this promotion's.
    private func admit(_ fence: Fence) async throws(Fault) {
        try await destination.fences(of: to).admit(.copies(environment), under: fence)
    }

    /// Makes it findable at the destination, as it is at the source.
    private func attach(
        _ attachment: Attachment, under fence: Fence, _ report: inout CopyReport
    ) async throws(Fault) {
        let top = attachment.top
        switch attachment.link {
        case .subject(let subject):
            let listed = try await destination.referrers(to: subject, in: to)
            if !listed.contains(where: { $0.digest == top.digest }) {
                try await destination.put(top, as: nil, in: to, under: fence)
                guard try await destination.referrers(to: subject, in: to).contains(where: { $0.digest == top.digest })
                else { throw Fault(.broke, "it was stored, and the referrers of \(subject.short()) do not list it") }
            }
        case .tag(let tag):
            guard try await replaces(top, under: tag, &report) else { return }
            try await destination.store(top, as: tag, in: to)
        }
        report.referrers += 1
    }

    /// Whether a tag of cosign shall name this document. One that is there already may hold signatures that were made there: it
    /// gives way only to one that holds them too.
    private func replaces(_ document: StoredDocument, under tag: Tag, _ report: inout CopyReport) async throws(Fault) -> Bool {
        guard let there = try await destination.resolve(tag, in: to), there != document.digest else { return true }
        // What is signed is the layer, the signature stands in its annotations: both have to be there.
        let known = try await destination.document(there, in: to)?.links?.layers ?? []
        if Set(known).isSubset(of: document.links?.layers ?? []) { return true }
        report.leave("\(tag): it names others there, which stay")
        return false
    }

    /// Gives the image the name that it has at its source, where it is a candidate's or a build's: a registry may collect what no
    /// tag names, and no pointer names it yet. A name that means another image there is left alone.
    private func hold(
        _ digest: Digest, by tag: Tag?, under fence: Fence, _ report: inout CopyReport
    ) async throws(Fault) {
        guard let tag, destination.scheme(of: to).tagClass(of: tag).isMadeBeforeRelease else { return }
        try await admit(fence)
        if let named = try await destination.resolve(tag, in: to) {
            if named != digest { report.leave("\(tag): it names \(named.short()) there, and is never moved") }
            return
        }
        let document = try await destination.document(digest, in: to)
        guard let document else { throw Fault(.broke, "\(digest.short()) is not there any more") }
        try await destination.store(document, as: tag, in: to)
    }
}

extension TagClass {
    /// Whether it names what has not been released yet; the name of a release is made when it has succeeded.
    fileprivate var isMadeBeforeRelease: Bool {
        switch self {
        case .candidate, .build: true
        case .final, .forbidden, .other: false
        }
    }
}
