internal import PromotionCore
internal import Synchronization

/// Repositories of which something was seen, so that a 404 in them is a word about the thing and not about the right to see it.
final class KnownRepositories: Sendable {
    private let names = Mutex(Set<RepositoryName>())
    private let expected = Mutex(Set<RepositoryName>())

    func note(_ name: RepositoryName) {
        names.withLock { names in
            if !names.contains(name) { names.insert(name) }
        }
    }

    func knows(_ name: RepositoryName) -> Bool { names.withLock { $0.contains(name) } }

    /// A repository that comes into being with what is brought into it.
    func expect(_ name: RepositoryName) { expected.withLock { _ = $0.insert(name) } }

    /// Whether it is an answer, and no mistake of the configuration, that a repository does not exist.
    func mayBeMissing(_ name: RepositoryName) -> Bool { expected.withLock { $0.contains(name) } }
}
