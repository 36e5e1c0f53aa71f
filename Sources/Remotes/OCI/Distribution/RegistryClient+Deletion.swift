internal import NIOHTTP1
internal import PromotionCore

extension RegistryClient {
    /// What the answer to a DELETE tells.
    enum DeletionAnswer: Sendable {
        case accepted
        case absent
        /// 400 or 405: the registry does not do this.
        case unsupported(SafeText)
    }

    /// Deletes what a tag or digest names. By digest it may be sent again: what is gone stays gone.
    /// - Parameter sentBy: until when it may be sent.
    func delete(
        _ reference: ManifestReference, in repository: RepositoryName, sentBy: Timestamp? = nil
    ) async throws(RegistryError) -> DeletionAnswer {
        var request = RegistryRequest.change(
            .DELETE, manifestPath(reference, repository), scopes: [.deleting(repository)], limits)
        if case .digest = reference { request.isRepeatable = true }
        request.deadline = limits.answer
        request.sentBy = sentBy
        let answer = try await perform(request)
        let errors = answer.errors
        switch answer.status {
        case 200...299: return .accepted
        case 404 where errors.saysAbsent: return .absent
        case 404: throw .unproven(errors)
        case 400, 405: return .unsupported(SafeText("status \(answer.status): \(errors.words)"))
        default: throw .unexpected(status: answer.status, words: errors.words)
        }
    }

    /// The registry's own time, by the `Date` of any answer.
    func time() async throws(RegistryError) -> Timestamp? {
        let answer = try await perform(.read(path: "/v2/", limit: ErrorBody.byteLimit, scopes: [], limits))
        return answer.field("date").flatMap(HTTPDate.parse)
    }
}
