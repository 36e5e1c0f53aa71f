package import PromotionCore

/// The configuration blob of an image (OCI image-spec, "Image Configuration"; Docker's has the same members).
package struct ConfigurationDocument: Hashable, Sendable {
    /// Nil where the builder named none.
    package let platform: Platform?
    package let configuration: ImageConfiguration

    /// Environment variables and labels of one configuration that are read, each.
    package static let entryLimit = 1_000

    /// Parses a configuration.
    /// - Throws: `ImageDocumentError` that says what is wrong and where.
    package init(parsing bytes: [UInt8]) throws(ImageDocumentError) {
        let limit = ImageDocument.byteLimit
        guard bytes.count <= limit else { throw .tooLarge(bytes: Int64(bytes.count), limit: limit) }
        let root = DocumentField(value: try JSONParser.document(bytes), path: "")
        _ = try root.object()
        let system = try root.optional("os")?.text() ?? ""
        let architecture = try root.optional("architecture")?.text() ?? ""
        platform =
            system.isEmpty || architecture.isEmpty
            ? nil : Platform(system: SafeText(system, limit: 64), architecture: SafeText(architecture, limit: 64))
        configuration = try ImageConfiguration(running: root.optional("config"))
    }
}

extension ImageConfiguration {
    /// The member `config`; an image without one runs as root, with no environment and no labels.
    fileprivate init(running field: DocumentField?) throws(ImageDocumentError) {
        let limit = ConfigurationDocument.entryLimit
        let user = try field?.optional("User")?.text() ?? ""
        let variables = try field?.optional("Env")?.elements(limit: limit) ?? []
        let environment = try variables.map { variable throws(ImageDocumentError) in try variable.text() }
        let labels = try field?.optional("Labels")?.texts(limit: limit) ?? [:]
        self.init(
            user: SafeText(user, limit: 128), environment: environment,
            labels: Dictionary(
                labels.map { (SafeText($0, limit: 256).text, SafeText($1, limit: 4_000)) },
                uniquingKeysWith: { first, _ in first })
        )
    }
}
