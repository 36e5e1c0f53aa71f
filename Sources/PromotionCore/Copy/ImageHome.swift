/// A repository together with the registry that it is in.
package struct ImageHome: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Host and port as people read them; nil for the registry of the service.
    package let registry: SafeText?
    package let repository: RepositoryName

    package init(registry: SafeText?, repository: RepositoryName) {
        self.registry = registry
        self.repository = repository
    }

    package var description: String { registry.map { "\($0)/\(repository)" } ?? repository.text }
}

extension Service {
    /// Where candidates are pushed to, and where images are as long as an environment names no place of its own.
    package var home: ImageHome { ImageHome(registry: nil, repository: repository) }

    /// Where the images are that an environment runs, and its pointer tags with them.
    package func home(of name: EnvironmentName) -> ImageHome { environment(name)?.home ?? home }

    /// Where a release comes from on its way into an environment: the home of the one before it, where it was tested.
    package func source(of name: EnvironmentName) -> ImageHome { upstream(of: name).map { home(of: $0.name) } ?? home }

    /// Whether a release has to be copied on its way into an environment.
    package func copies(into name: EnvironmentName) -> Bool { source(of: name) != home(of: name) }
}
