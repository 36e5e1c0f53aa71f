/// What one platform of an image is made of: its configuration and its layers.
///
/// It is never sent or stored: values of environment variables may be secrets, so only their marks are held, to tell whether
/// two images agree on one.
package struct ImageContents: Hashable, Sendable {
    package let digest: Digest
    package let platform: Platform?
    package let configuration: ConfigurationContents
    /// Of index, manifest and labels, the first that has one: what the builder wrote.
    package let annotations: [String: SafeText]
    package let layers: [Layer]

    /// One layer by its compressed bytes.
    package struct Layer: Hashable, Sendable, Codable {
        package let digest: Digest
        /// In bytes.
        package let size: Int64

        package init(digest: Digest, size: Int64) {
            self.digest = digest
            self.size = size
        }
    }

    package init(
        digest: Digest, platform: Platform?, configuration: ConfigurationContents, annotations: [String: SafeText],
        layers: [Layer]
    ) {
        self.digest = digest
        self.platform = platform
        self.configuration = configuration
        self.annotations = annotations
        self.layers = layers
    }

    /// Bytes of all layers.
    package var size: Int64 { ByteCount.sum(layers.map(\.size)) }

    /// Bytes of one configuration that are read.
    package static let configurationLimit = 4 << 20

    /// What the builder wrote under a name: on the index, the manifest, or as a label.
    package func word(_ name: String) -> SafeText? { annotations[name] ?? configuration.labels[name] }
}

/// The member `config` of an image's configuration (OCI image-spec, "Image Configuration").
package struct ConfigurationContents: Hashable, Sendable {
    /// Empty means root.
    package let user: SafeText
    package let entrypoint: [SafeText]
    package let command: [SafeText]
    package let workingDirectory: SafeText
    package let ports: [SafeText]
    package let volumes: [SafeText]
    package let stopSignal: SafeText
    /// Marks of values by name.
    package let variables: [String: Digest]
    package let labels: [String: SafeText]

    /// Entries of each list that are read.
    package static let entryLimit = 1_000

    /// Parses a configuration blob.
    /// - Throws: `PaperError` that says what is wrong.
    package init(parsing bytes: [UInt8]) throws(PaperError) {
        let root = try JSONValue.paper(bytes, limit: ImageContents.configurationLimit)
        guard root.members != nil else { throw .missing("configuration") }
        let config = root["config"].flatMap { $0 == .null ? nil : $0 } ?? .object([])
        guard config.members != nil else { throw .missing("config") }
        user = SafeText(config["User"]?.text ?? "", limit: 128)
        workingDirectory = SafeText(config["WorkingDir"]?.text ?? "", limit: 256)
        stopSignal = SafeText(config["StopSignal"]?.text ?? "", limit: 32)
        entrypoint = try Self.texts(config["Entrypoint"])
        command = try Self.texts(config["Cmd"])
        ports = try Self.names(config["ExposedPorts"])
        volumes = try Self.names(config["Volumes"])
        variables = try Self.marks(config["Env"])
        labels = try Self.words(config["Labels"])
    }

    private static func texts(_ value: JSONValue?) throws(PaperError) -> [SafeText] {
        let elements = value?.elements ?? []
        guard elements.count <= entryLimit else { throw .tooMany("words", limit: entryLimit) }
        return elements.compactMap { $0.text.map { SafeText($0, limit: 200) } }
    }

    private static func names(_ value: JSONValue?) throws(PaperError) -> [SafeText] {
        let members = value?.members ?? []
        guard members.count <= entryLimit else { throw .tooMany("names", limit: entryLimit) }
        return members.map { SafeText($0.name, limit: 200) }.sorted { $0.text < $1.text }
    }

    private static func marks(_ value: JSONValue?) throws(PaperError) -> [String: Digest] {
        let elements = value?.elements ?? []
        guard elements.count <= entryLimit else { throw .tooMany("variables", limit: entryLimit) }
        var marks: [String: Digest] = [:]
        for text in elements.compactMap(\.text) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            marks[SafeText(parts[0], limit: 200).text] = Digest(of: Array((parts.count > 1 ? String(parts[1]) : "").utf8))
        }
        return marks
    }

    /// The labels or annotations of an object, made safe.
    package static func words(_ value: JSONValue?) throws(PaperError) -> [String: SafeText] {
        let members = value?.members ?? []
        guard members.count <= entryLimit else { throw .tooMany("labels", limit: entryLimit) }
        var words: [String: SafeText] = [:]
        for member in members {
            if let text = member.value.text { words[SafeText(member.name, limit: 256).text] = SafeText(text, limit: 1_000) }
        }
        return words
    }

    /// Whether processes start as root, as far as the configuration says.
    package var isRoot: Bool {
        let name = user.text.split(separator: ":", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        return name.isEmpty || name == "root" || (!name.isEmpty && name.allSatisfy { $0 == "0" })
    }
}
