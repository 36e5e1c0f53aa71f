internal import PromotionCore

/// Brings images to the home of one place, in parts: each is a call that takes time, may break, and is done again by the next
/// try. What is there in part is no image.
struct WorldCopier: ImageCopier {
    private let ports: WorldPorts
    private let place: Place
    private let repository: RepositoryName

    static let parts = 3

    init(_ port: WorldPlace, into repository: RepositoryName) {
        (ports, place, self.repository) = (port.ports, port.place, repository)
    }

    func copy(
        _ digest: Digest, knownAs tag: Tag?, under fence: Fence, report: @escaping @Sendable (CopyProgress) -> Void
    ) async throws(Fault) -> CopyReport {
        var progress = CopyProgress()
        progress.allBlobs = Self.parts
        for part in 1...Self.parts {
            if Task.isCancelled { throw Fault(.broke, "it was cut off") }
            try await ports.call(.copy, at: place) { state throws(Fault) in
                if let seen = state.copyFences[repository], fence < seen {
                    state.staleRefusals += 1
                    throw Fault(.refused, "fence \(fence) is older than \(seen)")
                }
                state.copyFences[repository] = fence
                guard state.releases[digest] != nil else { throw Fault(.refused, "no such image") }
                state.copies += 1
                if part == Self.parts { state.homes[repository, default: []].insert(digest) }
            }
            progress.blobs = part
            report(progress)
        }
        var done = CopyReport()
        (done.documents, done.streamed) = (1, Self.parts)
        return done
    }
}
