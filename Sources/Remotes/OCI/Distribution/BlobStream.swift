internal import AsyncHTTPClient
internal import Crypto
internal import NIOCore
internal import PromotionCore

/// A blob on its way from one registry to another: counted and hashed as it passes, never held.
struct BlobStream: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let body: HTTPClientResponse.Body
    let expected: Descriptor
    let passed: @Sendable (Int) -> Void

    func makeAsyncIterator() -> Iterator {
        Iterator(base: body.makeAsyncIterator(), expected: expected, passed: passed)
    }

    struct Iterator: AsyncIteratorProtocol {
        var base: HTTPClientResponse.Body.AsyncIterator
        let expected: Descriptor
        let passed: @Sendable (Int) -> Void
        private var hash = SHA256()
        private var count: Int64 = 0

        init(base: HTTPClientResponse.Body.AsyncIterator, expected: Descriptor, passed: @escaping @Sendable (Int) -> Void) {
            self.base = base
            self.expected = expected
            self.passed = passed
        }

        /// The next piece. The last one is only given out when the whole is what was asked for, so that a blob that lies is
        /// never complete at its destination.
        @concurrent
        mutating func next() async throws -> ByteBuffer? {
            guard count < expected.size else { return nil }
            guard let piece = try await base.next() else {
                throw RegistryError.wrongLength(of: expected.digest, announced: expected.size, found: count)
            }
            count += Int64(piece.readableBytes)
            guard count <= expected.size else {
                throw RegistryError.wrongLength(of: expected.digest, announced: expected.size, found: count)
            }
            piece.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
            if count == expected.size {
                let found = PromotionCore.Digest(finished: hash.finalize())
                guard found == expected.digest else { throw RegistryError.wrongDigest(wanted: expected.digest, found: found) }
            }
            passed(piece.readableBytes)
            return piece
        }
    }
}
