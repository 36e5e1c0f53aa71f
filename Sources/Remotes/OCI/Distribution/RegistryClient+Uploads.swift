internal import NIOHTTP1
package import PromotionCore

extension RegistryClient {
    /// Stores a blob: POST for a place, PUT of the bytes with their digest.
    package func upload(_ bytes: [UInt8], in repository: RepositoryName) async throws(RegistryError) {
        let digest = Digest(of: bytes)
        // Uploading the same bytes again changes nothing, so that a broken try is begun anew.
        var attempt = 1
        while true {
            do throws(RegistryError) {
                let place = try await begin(in: repository)
                return try await finish(place, .bytes(bytes), digest, limits.time(for: Int64(bytes.count)), in: repository)
            } catch {
                let decision = RetryRule(limits).decide(
                    after: error, attempt: attempt, isRepeatable: true, chance: Double.random(in: 0...1))
                guard case .again(let pause) = decision, !Task.isCancelled else { throw error }
                attempt += 1
                try? await Task.sleep(for: pause.duration)
            }
        }
    }

    /// A place that bytes can be put to.
    func begin(in repository: RepositoryName) async throws(RegistryError) -> String {
        var request = RegistryRequest.change(
            .POST, path(repository, "blobs/uploads/"), scopes: [.writing(repository)], limits)
        request.fields = [("content-length", "0")]
        let answer = try await perform(request)
        guard answer.status == 202 else { throw Self.writeRefusal(answer) }
        return try location(of: answer)
    }

    /// Makes a blob of another repository of this registry one of this repository too, without moving it.
    /// - Returns: the place to upload to where the registry cannot; nil where it is done.
    func mount(
        _ digest: Digest, from source: RepositoryName, to repository: RepositoryName
    ) async throws(RegistryError) -> String? {
        let query = PercentCoding.query([("mount", digest.description), ("from", source.text)])
        var request = RegistryRequest.change(
            .POST, path(repository, "blobs/uploads/?\(query)"), scopes: [.writing(repository), .reading(source)], limits)
        request.fields = [("content-length", "0")]
        let answer = try await perform(request)
        switch answer.status {
        case 201: return nil
        case 202: return try location(of: answer)
        default: throw Self.writeRefusal(answer)
        }
    }

    /// Puts bytes to their place.
    /// - Parameter deadline: how long that may take.
    func finish(
        _ place: String, _ body: RegistryRequest.Body, _ digest: Digest, _ deadline: Milliseconds, in repository: RepositoryName
    ) async throws(RegistryError) {
        let query = PercentCoding.query([("digest", digest.description)])
        var request = RegistryRequest.change(
            .PUT, place + (place.contains("?") ? "&" : "?") + query, scopes: [.writing(repository)], limits)
        request.fields = [("content-type", "application/octet-stream")]
        request.body = body
        request.deadline = deadline
        let answer = try await perform(request)
        guard answer.status == 201 else { throw Self.writeRefusal(answer) }
        existence.note(repository)
    }

    /// Where the registry wants the bytes: on itself, and nowhere else, for they are sent with the account's rights.
    private func location(of answer: RegistryAnswer) throws(RegistryError) -> String {
        guard let location = answer.field("location"), let there = Self.resolve(location, from: address) else {
            throw .redirect("an upload without a place to put it to")
        }
        guard there.address.host == address.host, there.address.port == address.port || there.address.scheme != address.scheme
        else {
            throw .redirect("an upload is sent on to \(SafeText(location, limit: 200)), another host")
        }
        return there.path
    }

    static func writeRefusal(_ answer: RegistryAnswer) -> RegistryError {
        let errors = answer.errors
        switch answer.status {
        case 405: return .readOnly(status: 405, words: errors.words)
        case 404 where errors.saysNoRepository: return .noRepository(words: errors.words)
        case 404: return .noSuchRoute(words: errors.words)
        default: return .unexpected(status: answer.status, words: errors.words)
        }
    }
}
