internal import PromotionCore
internal import Remotes
internal import Stage

/// The registry of the embedded stage: each repository is a layout of its own in the stage's directory.
struct StageLayouts: Registry {
    let directory: StageDirectory

    func resolve(_ tag: Tag, in repository: RepositoryName) async throws(Fault) -> Digest? {
        try await layout(of: repository).resolve(tag, in: repository)
    }

    func tags(in repository: RepositoryName) async throws(Fault) -> ListedTags {
        try await layout(of: repository).tags(in: repository)
    }

    func release(_ digest: Digest, in repository: RepositoryName) async throws(Fault) -> Release? {
        try await layout(of: repository).release(digest, in: repository)
    }

    func holding(of digest: Digest, in repository: RepositoryName) async throws(Fault) -> ImageHolding {
        try await layout(of: repository).holding(of: digest, in: repository)
    }

    func configuration(
        of digest: Digest, for platform: Platform, in repository: RepositoryName
    ) async throws(Fault) -> ImageConfiguration {
        try await layout(of: repository).configuration(of: digest, for: platform, in: repository)
    }

    func move(
        _ tag: Tag, in repository: RepositoryName, from expected: Digest?, to digest: Digest, under fence: Fence
    ) async throws(Fault) -> PointerMove {
        try await layout(of: repository).move(tag, in: repository, from: expected, to: digest, under: fence)
    }

    private func layout(of repository: RepositoryName) -> ImageLayoutRegistry {
        ImageLayoutRegistry(directory: directory.layout(of: repository), repository: repository)
    }
}
