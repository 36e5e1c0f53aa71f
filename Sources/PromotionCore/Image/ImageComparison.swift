/// What differs between two images: the one that serves, and the one that would.
package struct ImageComparison: Hashable, Sendable, Codable {
    /// One side of the comparison.
    package struct Side: Hashable, Sendable, Codable {
        package let digest: Digest
        /// `org.opencontainers.image.version`, `.revision`, `.source` and `.created`, the builder's words.
        package let version: SafeText?
        package let revision: SafeText?
        package let source: SafeText?
        package let created: SafeText?
        /// Bytes of all layers.
        package let size: Int64
    }

    /// One thing that is on one side only, or differs. Nil is "not there".
    package struct Change: Hashable, Sendable, Codable {
        package let name: SafeText
        package let before: SafeText?
        package let after: SafeText?
    }

    package let before: Side
    package let after: Side
    package let labels: [Change]
    /// User, entry point, command, working directory, ports, volumes, stop signal.
    package let configuration: [Change]
    /// Names of variables alone: values may be secrets. A changed one has no words for either side.
    package let variables: [Variable]
    package let layers: Layers
    /// Changes beyond what is listed.
    package let more: Int

    /// What became of one environment variable.
    package struct Variable: Hashable, Sendable, Codable {
        package let name: SafeText
        package let change: Kind

        /// What became of it.
        package enum Kind: String, Hashable, Sendable, Codable {
            case added, removed, changed
        }
    }

    /// What must be fetched, and what is there already.
    package struct Layers: Hashable, Sendable, Codable {
        package let shared: Int
        package let sharedBytes: Int64
        package let new: [ImageContents.Layer]
        package let newCount: Int
        package let newBytes: Int64
        package let goneCount: Int
    }

    /// Changes of each kind that are listed.
    package static let limit = 100
}

extension ImageComparison {
    /// Compares what serves with what would.
    package init(from old: ImageContents, to new: ImageContents) {
        before = Side(old)
        after = Side(new)
        let labels = Self.changes(
            from: old.annotations.merging(old.configuration.labels) { first, _ in first },
            to: new.annotations.merging(new.configuration.labels) { first, _ in first })
        let variables = Self.variables(from: old.configuration.variables, to: new.configuration.variables)
        configuration = Self.configuration(from: old.configuration, to: new.configuration)
        self.labels = Array(labels.prefix(Self.limit))
        self.variables = Array(variables.prefix(Self.limit))
        layers = Layers(from: old.layers, to: new.layers)
        more = max(0, labels.count - Self.limit) + max(0, variables.count - Self.limit)
    }

    /// Whether what runs is configured alike.
    package var isConfiguredAlike: Bool { configuration.isEmpty && variables.isEmpty }

    /// Bytes that the image has grown by.
    package var growth: Int64 { after.size - before.size }

    private static func changes(from old: [String: SafeText], to new: [String: SafeText]) -> [Change] {
        Set(old.keys).union(new.keys).sorted().compactMap { name in
            old[name] == new[name] ? nil : Change(name: SafeText(name, limit: 256), before: old[name], after: new[name])
        }
    }

    private static func variables(from old: [String: Digest], to new: [String: Digest]) -> [Variable] {
        Set(old.keys).union(new.keys).sorted().compactMap { name in
            guard old[name] != new[name] else { return nil }
            let kind: Variable.Kind = old[name] == nil ? .added : new[name] == nil ? .removed : .changed
            return Variable(name: SafeText(name, limit: 200), change: kind)
        }
    }

    private static func configuration(from old: ConfigurationContents, to new: ConfigurationContents) -> [Change] {
        func change(_ name: SafeText, _ word: (ConfigurationContents) -> SafeText) -> Change? {
            let (before, after) = (word(old), word(new))
            guard before != after else { return nil }
            return Change(name: name, before: before.text.isEmpty ? nil : before, after: after.text.isEmpty ? nil : after)
        }
        func line(_ words: [SafeText]) -> SafeText { SafeText(words.map(\.text).joined(separator: " "), limit: 400) }
        return [
            change("user", \.user), change("entry point") { line($0.entrypoint) }, change("command") { line($0.command) },
            change("working directory", \.workingDirectory), change("ports") { line($0.ports) },
            change("volumes") { line($0.volumes) }, change("stop signal", \.stopSignal),
        ].compactMap(\.self)
    }
}

extension ImageComparison.Side {
    fileprivate init(_ image: ImageContents) {
        digest = image.digest
        version = image.word("org.opencontainers.image.version")
        revision = image.word("org.opencontainers.image.revision")
        source = image.word("org.opencontainers.image.source")
        created = image.word("org.opencontainers.image.created")
        size = image.size
    }
}

extension ImageComparison.Layers {
    fileprivate init(from old: [ImageContents.Layer], to new: [ImageContents.Layer]) {
        let known = Set(old.map(\.digest))
        let kept = Set(new.map(\.digest))
        let fresh = new.filter { !known.contains($0.digest) }
        let same = new.filter { known.contains($0.digest) }
        func sum(_ layers: [ImageContents.Layer]) -> Int64 { ByteCount.sum(layers.map(\.size)) }
        self.init(
            shared: same.count, sharedBytes: sum(same), new: Array(fresh.prefix(ImageComparison.limit)), newCount: fresh.count,
            newBytes: sum(fresh), goneCount: old.filter { !kept.contains($0.digest) }.count)
    }
}

extension ImageComparison {
    /// Everything in one line: `3 labels, user, 2 variables, 4 of 9 layers new (12.4 MB), +1.1 MB`.
    package var summary: SafeText {
        var words: [String] = []
        if !labels.isEmpty { words.append(labels.count == 1 ? "1 label" : "\(labels.count) labels") }
        words += configuration.map(\.name.text)
        if !variables.isEmpty { words.append(variables.count == 1 ? "1 variable" : "\(variables.count) variables") }
        if isConfiguredAlike { words.append("no configuration") }
        let total = layers.shared + layers.newCount
        words.append(
            layers.newCount == 0
                ? "no new layer" : "\(layers.newCount) of \(total) layers new (\(ByteCount.words(layers.newBytes)))")
        if growth != 0 { words.append((growth > 0 ? "+" : "-") + ByteCount.words(abs(growth))) }
        return SafeText(words.joined(separator: ", "), limit: 400)
    }
}
