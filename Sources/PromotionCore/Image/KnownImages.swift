/// What is known of a service's images when a reference to one of them is read: the one place that says which image was named.
package struct KnownImages: Sendable {
    /// Where the service's images are, with the registry where it has a name; the first is where candidates are pushed to.
    package let homes: [ImageHome]
    /// What the tags of the wanted home name, as far as they were asked for.
    package let tags: Result<[Tag: Digest], Fault>
    /// Images whose parts are known, by what was read of them before.
    package let releases: [Release]
    /// Other digests that the ledger knows, such as those of vetoes and evidence.
    package let others: Set<Digest>
    /// Where a person sees what there is.
    package let remedy: SafeText

    package init(
        homes: [ImageHome], tags: Result<[Tag: Digest], Fault>, releases: [Release] = [], others: Set<Digest> = [],
        remedy: SafeText = "see baton status"
    ) {
        self.remedy = remedy
        self.homes = homes
        self.tags = tags
        self.releases = releases
        self.others = others
    }

    /// The image that a reference names, or why none is taken for it.
    package func image(_ reference: ImageReference) -> Result<Digest, Objection> {
        switch reference {
        case .digest(let digest): whole(digest)
        case .tag(let tag): tagged(tag).flatMap(whole)
        case .prefix(let digits): beginning(with: digits).flatMap { found in one(of: found, beginning: digits) }
        case .tagOrPrefix(let tag): tagOrBeginning(tag)
        case .image(let written): image(written)
        }
    }

    /// Which home a reference is about, as a position in `homes`: the first, unless it says otherwise.
    package static func home(of reference: ImageReference, among homes: [ImageHome]) -> Result<Int, Objection> {
        guard case .image(let written) = reference, let name = written.name else { return .success(0) }
        if let position = homes.firstIndex(where: { $0.isWritten(name) }) { return .success(position) }
        if written.word != nil, written.digest != nil { return .success(0) }
        let known = SafeText(homes.map(\.description).joined(separator: " and "), limit: 300)
        return .failure(
            Objection(
                .unknownImage, "\(SafeText(name, limit: 200)) is not where the images of this service are",
                remedy: "they are in \(known): name a tag or digest there"))
    }

    // MARK: - Tags

    private func tagged(_ tag: Tag) -> Result<Digest, Objection> {
        tags.mapError(Self.unread).flatMap { tags in
            tags[tag].map(Result.success) ?? .failure(nothing("tag \(tag)"))
        }
    }

    private func image(_ written: WrittenImage) -> Result<Digest, Objection> {
        let isRepository = written.name.map { name in homes.contains { $0.isWritten(name) } } ?? true
        let tag = written.tag ?? (isRepository ? nil : written.word)
        guard let tag else {
            return written.digest.map(whole) ?? .failure(nothing("\(SafeText(written.name ?? "", limit: 200))"))
        }
        return tagged(tag).flatMap { named in
            guard let digest = written.digest, digest != named else { return whole(named) }
            if part(digest)?.whole.digest == named { return whole(digest) }
            return .failure(
                Objection(
                    .unknownImage, "tag \(tag) names \(named.short(12)) now, not \(digest.short(12))",
                    remedy: "name one of them alone: sha256:\(named.short(12)) or sha256:\(digest.short(12))"))
        }
    }

    // MARK: - Beginnings of digests

    /// A text that may be both is a tag where no digest begins so; where one does, the person says which is meant.
    private func tagOrBeginning(_ tag: Tag) -> Result<Digest, Objection> {
        let digits = tag.text.lowercased()
        return tags.mapError(Self.unread).flatMap { tags in
            beginning(with: digits).flatMap { found in
                guard let named = tags[tag] else { return one(of: found, beginning: digits) }
                let others = found.filter { $0 != named }.sorted()
                guard let other = others.first else { return whole(named) }
                return .failure(
                    Objection(
                        .unknownImage,
                        "\(tag) is a tag, which names \(named.short(12)), and the beginning of \(other.short(12))",
                        remedy: "say which: tag:\(tag), or sha256:\(other.short(12))"))
            }
        }
    }

    /// Every digest that is known to begin so: of images, of their parts, and of what only the ledger knows.
    private func beginning(with digits: String) -> Result<Set<Digest>, Objection> {
        tags.mapError(Self.unread).map { tags in
            let parts = releases.flatMap { [$0.digest] + $0.digests.members.flatMap { [$0.manifest, $0.configuration] } }
            return Set(tags.values).union(parts).union(others).filter { $0.hex.hasPrefix(digits) }
        }
    }

    private func one(of found: Set<Digest>, beginning digits: String) -> Result<Digest, Objection> {
        guard let digest = found.min() else { return .failure(nothing("\(digits)")) }
        guard found.count == 1 else {
            return .failure(
                Objection(
                    .unknownImage, "\(SafeText(digits)) is the beginning of \(found.count) digests",
                    remedy: "write more of its digits"))
        }
        return whole(digest)
    }

    // MARK: - Parts

    /// The image, unless the digest is that of one of its parts: what was tested and is promoted is the whole.
    private func whole(_ digest: Digest) -> Result<Digest, Objection> {
        part(digest).map { .failure($0.objection) } ?? .success(digest)
    }

    /// What a digest is a part of; `nil` if it is an image itself, or nothing is known of it.
    package func part(_ digest: Digest) -> ImagePart? { ImagePart(digest, of: releases) }

    // MARK: - Words

    private func nothing(_ what: SafeText) -> Objection {
        Objection(.unknownImage, "\(what) names nothing in \(homes.first.map { "\($0)" } ?? "")", remedy: remedy)
    }

    private static func unread(_ fault: Fault) -> Objection {
        Objection(
            .unreadableImage, "what the tags name cannot be read: \(fault.reason)",
            remedy: "try again, or write the whole digest: sha256: and 64 digits")
    }
}

/// A digest that is one platform of an image, or that platform's configuration, which runtimes call the image's id.
package struct ImagePart: Hashable, Sendable, Codable {
    package let digest: Digest
    package let platform: Platform?
    package let kind: DigestSet.Kind
    package let whole: Release

    /// Finds the image that a digest is a part of; `nil` if it is an image of its own among these, or part of none.
    package init?(_ digest: Digest, of releases: [Release]) {
        guard !releases.contains(where: { $0.digest == digest }) else { return nil }
        for release in releases {
            guard let kind = release.digests.kind(of: digest),
                let member = release.digests.members.first(where: { $0.manifest == digest || $0.configuration == digest })
            else { continue }
            (self.digest, self.kind, platform, whole) = (digest, kind, member.platform, release)
            return
        }
        return nil
    }

    /// Why it is not taken for the image: `linux/amd64 of v2.31.0-rc.2`.
    package var objection: Objection {
        let name: SafeText = whole.tag.map { "\($0)" } ?? "\(whole.digest.short(12))"
        let what: SafeText = platform.map { "\($0)" } ?? "the only platform"
        let part: SafeText = kind == .configuration ? "the image id (configuration) of \(what)" : what
        let tagged: SafeText = whole.tag.map { "\($0) or " } ?? ""
        return Objection(
            .partOfImage, "\(digest.short(12)) is \(part) of \(name), not the image itself",
            remedy: "name that: \(tagged)sha256:\(whole.digest.short(12))")
    }
}

extension ImageHome {
    /// Whether a name that somebody wrote, lower case, is this repository's: with its registry, or without any.
    func isWritten(_ name: String) -> Bool {
        if name == repository.text { return true }
        guard let registry else { return false }
        return Self.usual(name) == Self.usual("\(registry)/\(repository)".lowercased())
    }

    /// A name with one of the several names that some registries have, and without the port that is the usual one.
    private static func usual(_ name: String) -> String {
        guard let slash = name.firstIndex(of: "/") else { return name }
        var host = name[..<slash]
        if host.hasSuffix(":443") { host = host.dropLast(4) }
        if ["index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"].contains(host) { host = "docker.io" }
        return String(host) + String(name[slash...])
    }
}
