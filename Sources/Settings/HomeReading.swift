internal import PromotionCore

/// Reads where an environment's images are, if they are not in the service's repository.
enum HomeReading {
    static let keys = ["registry", "repository"]

    /// What the service itself names.
    struct Own {
        let registry: RegistrySettings
        let repository: RepositoryName
    }

    /// A home of its own, or none.
    struct Read {
        let home: ImageHome?
        /// Nil where there is no home of its own.
        let registry: RegistrySettings?

        static let none = Read(home: nil, registry: nil)
    }

    /// - Returns: nil where it is not readable, and said so.
    static func home(_ section: Section, _ own: Own?) -> Read? {
        let (registryField, repositoryField) = (section.optional("registry"), section.optional("repository"))
        guard let first = registryField ?? repositoryField else { return .some(.none) }
        let registry = registryField.map { RegistryReading.registry($0) } ?? own?.registry
        let name = repositoryField.map { Self.repository($0) } ?? own?.repository
        // What the service names is wrong itself, and said so already.
        guard let own, let named = registry, let repository = name else { return nil }
        guard case .remote(let remote) = named, case .remote(let ownRemote) = own.registry else {
            section.findings.add(
                first.keyPosition, "images are copied between registries with a url, and a layout directory is none",
                "leave \(SafeText(first.key)) out, or give service and environment registries with a url")
            return nil
        }
        let isSameRegistry = remote.place == ownRemote.place
        guard !isSameRegistry || repository != own.repository else {
            section.findings.add(
                first.keyPosition, "\(repository) is where the service's images are already",
                "leave \(SafeText(first.key)) out, or name another repository")
            return nil
        }
        let home = ImageHome(registry: isSameRegistry ? nil : SafeText(remote.place, limit: 255), repository: repository)
        return Read(home: home, registry: named)
    }

    static func repository(_ field: Field) -> RepositoryName? {
        guard let text = field.text() else { return nil }
        if let name = try? RepositoryName(text) { return name }
        field.refuse(
            "\"\(SafeText(text, limit: 255))\" is not a repository",
            "write lower-case words separated by \"/\", at most 255 characters, without tag or digest")
        return nil
    }
}

extension RemoteRegistry {
    /// Host and port, without what says how to get there.
    var place: String {
        let host = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        return host.lowercased()
    }
}
