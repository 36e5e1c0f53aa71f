/// What an image must prove, and must be, before an environment takes it.
package struct ImageRules: Hashable, Sendable, Codable {
    /// Signatures and attestations that must be there.
    package let papers: [PaperRule]
    /// Attestations that count as evidence of the environment before.
    package let evidence: [PaperRule]
    package let user: User
    package let base: Base
    /// Labels, or annotations, that must be there and not be empty.
    package let labels: [SafeText]

    /// Whom an image may start as.
    package enum User: String, Hashable, Sendable, Codable, CaseIterable {
        case any
        case notRoot = "non-root"
    }

    /// What an image may be built from.
    package enum Base: String, Hashable, Sendable, Codable, CaseIterable {
        case any
        /// A base that is named, and not by `latest`.
        case pinned
    }

    package init(
        papers: [PaperRule] = [], evidence: [PaperRule] = [], user: User = .any, base: Base = .any, labels: [SafeText] = []
    ) {
        self.papers = papers
        self.evidence = evidence
        self.user = user
        self.base = base
        self.labels = labels
    }

    /// An environment that asks nothing.
    package static let none = ImageRules()

    /// Whether papers have to be read at all.
    package var needsPapers: Bool { !papers.isEmpty || !evidence.isEmpty }

    /// Whether the image's configuration has to be read.
    package var needsContents: Bool { user != .any || base != .any || !labels.isEmpty }
}

/// What was read about an image before it was planned.
package struct ImageReview: Hashable, Sendable {
    package let papers: Papers
    /// Nil where no rule asks for it and it could not be read.
    package let contents: ImageContents?

    package init(papers: Papers, contents: ImageContents?) {
        self.papers = papers
        self.contents = contents
    }
}

extension ImageRules {
    /// Every rule as a condition of a plan.
    package func conditions(on review: ImageReview, of digest: Digest) -> [Condition] {
        let signed = papers.map { $0.condition(on: review.papers, of: digest) }
        guard needsContents else { return signed }
        guard let contents = review.contents else {
            return signed + [
                Condition(
                    "image",
                    .unmet(
                        .init(
                            .imagePolicy, "the configuration of \(digest.short()) could not be read",
                            remedy: "the registry must answer before anything is promoted")))
            ]
        }
        let found = [userObjection(contents), baseObjection(contents)].compactMap(\.self) + labelObjections(contents)
        guard found.isEmpty else { return signed + found.map { Condition("image", .unmet($0)) } }
        return signed + [Condition("image", .met(words(contents)))]
    }

    /// What holds, with what was seen.
    private func words(_ contents: ImageContents) -> SafeText {
        var words: [String] = []
        if user == .notRoot { words.append("runs as \(contents.configuration.user)") }
        if base == .pinned { words.append("on \(contents.word(Self.baseName)?.text ?? "scratch")") }
        if !labels.isEmpty { words.append("\(labels.count) required labels") }
        return SafeText("policy: " + words.joined(separator: ", "), limit: 300)
    }

    /// OCI image-spec, "Pre-Defined Annotation Keys".
    private static let baseName = "org.opencontainers.image.base.name"

    private func userObjection(_ contents: ImageContents) -> Objection? {
        guard user == .notRoot, contents.configuration.isRoot else { return nil }
        let name: SafeText = contents.configuration.user.text.isEmpty ? "nobody named" : "\(contents.configuration.user)"
        return .init(
            .imagePolicy, "the image runs as root (USER: \(name))", remedy: "build it with a USER other than root")
    }

    private func baseObjection(_ contents: ImageContents) -> Objection? {
        guard base == .pinned else { return nil }
        guard let name = contents.word(Self.baseName)?.text, !name.isEmpty else {
            return .init(
                .imagePolicy, "the image does not say what it was built from",
                remedy: "build it with the annotation or label \(SafeText(Self.baseName))")
        }
        if name == "scratch" || name.contains("@sha256:") { return nil }
        let last = name.split(separator: "/").last ?? ""
        let tag = last.split(separator: ":", maxSplits: 1).dropFirst().first
        guard tag == nil || tag == "latest" else { return nil }
        return .init(
            .imagePolicy, "the image is built from \(SafeText(name, limit: 120)), which names another image every day",
            remedy: "build it from a version or a digest")
    }

    private func labelObjections(_ contents: ImageContents) -> [Objection] {
        labels.filter { contents.word($0.text)?.text.isEmpty ?? true }.map {
            .init(.imagePolicy, "the image has no label \($0)", remedy: "build it with that label")
        }
    }
}
