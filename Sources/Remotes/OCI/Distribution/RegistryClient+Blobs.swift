internal import NIOHTTP1
package import PromotionCore

extension RegistryClient {
    /// The bytes of a blob, proven; nil where the registry says, asked twice, that it does not exist.
    /// - Parameter limit: in bytes; a larger blob is an error.
    package func blob(_ digest: Digest, limit: Int, in repository: RepositoryName) async throws(RegistryError) -> [UInt8]? {
        let request = RegistryRequest.read(
            path: path(repository, "blobs/\(digest)"), limit: limit, scopes: [.reading(repository)], limits)
        for _ in 1...2 {
            let answer = try await perform(request)
            switch answer.status {
            case 200:
                existence.note(repository)
                let found = Digest(of: answer.body)
                if let length = answer.field("content-length").flatMap({ Int64($0) }), length != Int64(answer.body.count) {
                    throw .wrongLength(of: digest, announced: length, found: Int64(answer.body.count))
                }
                guard found == digest else { throw .wrongDigest(wanted: digest, found: found) }
                return answer.body
            case 404:
                let errors = answer.errors
                guard errors.saysAbsent else { throw .unproven(errors) }
            default: throw .unexpected(status: answer.status, words: answer.errors.words)
            }
        }
        return nil
    }

    /// Reads a blob from end to end without holding it, to prove that it is there and whole.
    /// - Returns: false where it does not exist.
    package func prove(_ blob: Descriptor, in repository: RepositoryName) async throws(RegistryError) -> Bool {
        guard let answer = try await open(blob, in: repository) else { return false }
        let deadline = limits.time(for: blob.size)
        let silence = limits.silence
        let result = await withDeadline(deadline, clock: ContinuousClock()) { () -> Result<Void, RegistryError> in
            do {
                for try await _ in BlobStream(body: answer.body, expected: blob, passed: { _ in }) {}
                return .success(())
            } catch let error as RegistryError {
                return .failure(error)
            } catch {
                return .failure(.noAnswer(RegistryTransport.problem(error, silence)))
            }
        }
        guard let result else { throw .noAnswer(Task.isCancelled ? .cancelled : .late(deadline)) }
        try result.get()
        return true
    }

    /// Whether a blob is there to be read, by as few bytes as tell: the whole of a small one, the last byte of a large one.
    ///
    /// That a registry says it has a blob is not believed: of one that was collected under a running registry it announces the
    /// length, and sends nothing.
    func holds(_ blob: Descriptor, in repository: RepositoryName) async throws(RegistryError) -> Bool {
        if blob.size <= Self.wholeBytes {
            do throws(RegistryError) {
                return try await self.blob(blob.digest, limit: Self.wholeBytes, in: repository).map { $0.count == blob.size }
                    ?? false
            } catch {
                switch error {
                case .wrongDigest, .wrongLength, .tooLarge: return false
                default: throw error
                }
            }
        }
        var request = RegistryRequest.read(
            path: path(repository, "blobs/\(blob.digest)"), limit: 1, scopes: [.reading(repository)], limits)
        request.fields = [("range", "bytes=\(blob.size - 1)-\(blob.size - 1)")]
        do throws(RegistryError) {
            let answer = try await perform(request)
            let isLast = answer.field("content-range") == "bytes \(blob.size - 1)-\(blob.size - 1)/\(blob.size)"
            if answer.status == 206 { existence.note(repository) }
            return answer.status == 206 && isLast && answer.body.count == 1
        } catch {
            // It knows no ranges and begins to send the whole: then the whole is read.
            guard case .tooLarge = error else { throw error }
            return try await prove(blob, in: repository)
        }
    }

    /// Blobs that are read whole to see that they are there.
    private static let wholeBytes = 64 << 10

    /// An open blob; nil where it does not exist.
    func open(_ blob: Descriptor, in repository: RepositoryName) async throws(RegistryError) -> StreamedAnswer? {
        let request = RegistryRequest.read(
            path: path(repository, "blobs/\(blob.digest)"), limit: 0, scopes: [.reading(repository)], limits)
        let answer = try await streamed(request)
        switch answer.status {
        case 200:
            if let length = answer.fields.first(name: "content-length").flatMap({ Int64($0) }), length != blob.size {
                throw .wrongLength(of: blob.digest, announced: blob.size, found: length)
            }
            return answer
        case 404: return nil
        case 429:
            let wait = RetryAfter.wait(field: answer.fields.first(name: "retry-after"), message: "", now: now())
            throw .limited(wait: wait, words: "while opening \(blob.digest.short())")
        case 500...: throw .serverError(status: answer.status, words: "while opening \(blob.digest.short())")
        default: throw .unexpected(status: answer.status, words: "while opening \(blob.digest.short())")
        }
    }
}
