package import PromotionCore

/// Why a registry's answer is of no use; each is one sentence that says what came and what would be right.
package enum RegistryError: Error, Equatable, Sendable, CustomStringConvertible {
    case noAnswer(HTTPFailure.Problem)
    /// Waiting or authorization took so long that what it rests on may be no longer so.
    case notSent
    /// It answered 429, and asks for more patience than there is.
    case limited(wait: Milliseconds?, words: SafeText)
    /// Its limit is reached, and this can wait.
    case resting(until: Timestamp, words: SafeText)
    case serverError(status: Int, words: SafeText)
    case unexpected(status: Int, words: SafeText)
    /// A 404 that is not in the format's words: a proxy, a wrong address, a route that does not exist.
    case noSuchRoute(words: SafeText)
    case noRepository(words: SafeText)
    case unauthorized(scope: String, words: SafeText)
    /// The same, of a body that has gone out and cannot be sent with a new token as it is.
    case unauthorizedBody(scope: String, words: SafeText)
    case forbidden(scope: String, words: SafeText)
    case noChallenge
    case plainCredentials
    case realm(SafeText)
    case token(SafeText)
    case credentials(SafeText)
    case redirect(SafeText)
    case readOnly(status: Int, words: SafeText)
    case announcedDigest(announced: SafeText, found: Digest)
    case wrongDigest(wanted: Digest, found: Digest)
    case wrongLength(of: Digest, announced: Int64, found: Int64)
    case tooLarge(SafeText, limit: Int64)
    case encoded(SafeText)
    case document(ImageDocumentError)
    case list(SafeText)

    package var description: String {
        switch self {
        case .noAnswer(let problem): "\(problem)"
        case .notSent: "it was not sent: what it rests on had been read too long before, and nothing was changed"
        case .limited(let wait?, let words): "429, too many requests; it asks to wait \(wait): \(words)"
        case .limited(nil, let words): "429, too many requests, and it does not say for how long: \(words)"
        case .resting(let until, let words):
            "its limit of requests is reached (429, \(words)): what is only shown is not asked before \(until.clock) UTC"
        case .serverError(let status, let words): "status \(status), the registry itself failed: \(words)"
        case .unexpected(let status, let words): "status \(status): \(words)"
        case .noSuchRoute(let words):
            "a 404 that is not a registry's (\(words)): something else answers there; check the registry's url"
        case .noRepository(let words):
            "the registry knows no such repository, or hides it for lack of a right: \(words)"
        case .unauthorized(let scope, let words), .unauthorizedBody(let scope, let words):
            "not authorized, also with a new token: the account lacks a right of \(scope): \(words)"
        case .forbidden(let scope, let words): "forbidden: the account lacks a right of \(scope): \(words)"
        case .noChallenge: "status 401 without a challenge that can be answered: Basic or Bearer with a realm is wanted"
        case .plainCredentials: "it asks for credentials over plain http: they are sent by https alone, except to this machine"
        case .realm(let words): "its token server cannot be used: \(words)"
        case .token(let words): "no token: \(words)"
        case .credentials(let words): "no credentials: \(words)"
        case .redirect(let words): "a redirect that is not followed: \(words)"
        case .readOnly(let status, let words):
            "status \(status): it takes no changes now, being read-only, in maintenance or a cache of another: \(words)"
        case .announcedDigest(let announced, let found):
            "it announced the digest \(announced), but the bytes have \(found): they were dropped"
        case .wrongDigest(let wanted, let found): "the bytes of \(wanted) have the digest \(found): they were dropped"
        case .wrongLength(let digest, let announced, let found):
            "\(digest) came with \(found) bytes, announced were \(announced): it is damaged, or was collected while in use"
        case .tooLarge(let what, let limit): "\(what) has more than the \(limit) bytes that are read"
        case .encoded(let coding):
            "the body is encoded as \(coding), though nobody asked: its digest cannot be that of the content"
        case .document(let error): "\(error)"
        case .list(let words): "the list cannot be trusted: \(words)"
        }
    }

    /// Why a 404 proves no absence.
    static func unproven(_ errors: ErrorBody) -> RegistryError {
        errors.hidesForRight ? .noRepository(words: errors.words) : .noSuchRoute(words: errors.words)
    }

    /// Whether the bytes that came prove something of the image; every other answer proves nothing of it.
    var isOfTheBytes: Bool {
        switch self {
        case .wrongDigest, .document: true
        case .noAnswer, .notSent, .limited, .resting, .serverError, .unexpected, .noSuchRoute, .noRepository, .unauthorized,
            .unauthorizedBody, .forbidden, .noChallenge, .plainCredentials, .realm, .token, .credentials, .redirect, .readOnly,
            .announcedDigest, .wrongLength, .tooLarge, .encoded, .list:
            false
        }
    }

    /// What asking again would change, of a request that changes nothing.
    var kindOfRead: Fault.Kind {
        switch self {
        case .noAnswer, .notSent, .limited, .resting, .serverError: .broke
        default: .refused
        }
    }
}
