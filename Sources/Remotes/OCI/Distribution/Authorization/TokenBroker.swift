internal import NIOHTTP1
internal import PromotionCore
internal import Synchronization

/// Says what a request to one registry proves itself with, and keeps what it learnt: the kind of challenge, and tokens by scope.
///
/// Of many requests that need the same token one asks for it, and the others wait for that.
final class TokenBroker: Sendable {
    private let address: RegistryAddress
    private let source: CredentialSource
    private let transport: RegistryTransport
    private let limits: RegistryLimits
    private let now: @Sendable () -> Timestamp
    private let state = Mutex(State())

    private let helpers: CredentialHelpers

    private struct State {
        /// The last challenge that led to an authorization.
        var challenge: Challenge?
        var tokens: [[TokenScope]: Held] = [:]
        var asking: [Asked: Task<Result<Secret?, RegistryError>, Never>] = [:]
        /// Where the account for a repository comes from.
        var origins: [RepositoryName?: SafeText] = [:]
    }

    /// Two who are told of different token servers do not wait for one answer.
    private struct Asked: Hashable {
        let challenge: Challenge
        let key: [TokenScope]
    }

    private struct Held {
        let token: Secret
        let renewal: Timestamp
    }

    /// How long name and password are used before whoever keeps them is asked again.
    private static let basicLife = Milliseconds.seconds(60)
    /// Tokens that are kept; beyond it all are asked for anew.
    private static let tokenLimit = 1_000

    init(
        address: RegistryAddress, source: CredentialSource, transport: RegistryTransport, limits: RegistryLimits,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.address = address
        self.source = source
        self.transport = transport
        self.limits = limits
        self.now = now
        helpers = CredentialHelpers(now: now)
    }

    /// What a request is sent with the first time; `nil` until a challenge said what is wanted.
    ///
    /// A challenge that leads to nothing is forgotten, and the request goes out without: what the registry says then holds.
    func authorization(for scopes: [TokenScope]) async -> Secret? {
        guard let challenge = state.withLock(\.challenge) else { return nil }
        do throws(RegistryError) { return try await answer(challenge, for: scopes) } catch {
            state.withLock { if $0.challenge == challenge { $0.challenge = nil } }
            return nil
        }
    }

    /// Where the account for these scopes comes from, as a part of a sentence; `nil` if none was asked for.
    func origin(for scopes: [TokenScope]) -> SafeText? {
        state.withLock { state in state.origins[scopes.lazy.compactMap(\.repository).first] }
    }

    /// What a request is sent with once more after a 401.
    /// - Parameter refused: what it was sent with; a token that was refused is not used again.
    func authorization(
        after fields: [String], for scopes: [TokenScope], refused: Secret?
    ) async throws(RegistryError) -> Secret {
        guard let challenge = Challenge(fields) else { throw .noChallenge }
        state.withLock { state in
            guard let refused else { return }
            for (key, held) in state.tokens where held.token == refused { state.tokens[key] = nil }
            helpers.forget()
        }
        guard let authorization = try await answer(challenge, for: scopes) else {
            throw .credentials("the registry asks for a name and password; \(origin(for: scopes) ?? "none are configured")")
        }
        state.withLock { $0.challenge = challenge.withoutScope }
        return authorization
    }

    /// What answers a challenge; nil where no account is configured for one that asks for name and password.
    private func answer(_ challenge: Challenge, for scopes: [TokenScope]) async throws(RegistryError) -> Secret? {
        let key = challenge.key(of: scopes)
        let task = state.withLock { state -> Task<Result<Secret?, RegistryError>, Never> in
            if let held = state.tokens[key], now() < held.renewal { return Task { .success(held.token) } }
            let asked = Asked(challenge: challenge.withoutScope, key: key)
            if let task = state.asking[asked] { return task }
            let task = Task {
                let result = await self.ask(challenge, scopes, key)
                self.state.withLock { $0.asking[asked] = nil }
                return result
            }
            state.asking[asked] = task
            return task
        }
        return try await task.value.get()
    }

    private func ask(
        _ challenge: Challenge, _ scopes: [TokenScope], _ key: [TokenScope]
    ) async -> Result<Secret?, RegistryError> {
        do throws(RegistryError) {
            let held: Held
            switch challenge {
            case .basic:
                guard let authorization = try await credentials(for: scopes).basicAuthorization else { return .success(nil) }
                held = Held(token: authorization, renewal: now() + Self.basicLife)
            case .bearer(let realm, let service, let scope):
                held = try await token(of: realm, service: service, TokenScope.joining(scopes, challenged: scope))
            }
            state.withLock { state in
                if state.tokens.count >= Self.tokenLimit { state.tokens = [:] }
                state.tokens[key] = held
            }
            return .success(held.token)
        } catch {
            return .failure(error)
        }
    }

    private func token(
        of realm: String, service: String?, _ scopes: [TokenScope]
    ) async throws(RegistryError) -> Held {
        let server = try await check(realm)
        let credentials = try await credentials(for: scopes)
        let request = Self.request(realm, server, service, scopes, credentials, limits)
        let answer = try await transport.send(request.request, to: server, authorization: request.authorization)
        guard answer.status == 200 else { throw refusal(answer, server, scopes) }
        guard answer.body.count <= TokenAnswer.byteLimit else { throw .token("its answer is too long") }
        let given = try TokenAnswer(parsing: answer.body)
        return Held(token: Secret("Bearer " + given.token.revealed), renewal: given.renewal(after: now()))
    }

    private func credentials(for scopes: [TokenScope]) async throws(RegistryError) -> Credentials {
        let repository = scopes.lazy.compactMap(\.repository).first
        let account: RegistryAccount
        do throws(Fault) { account = try await source.account(for: address, repository, asking: helpers) } catch {
            throw .credentials(error.reason)
        }
        state.withLock { state in
            if state.origins.count >= Self.tokenLimit { state.origins = [:] }
            state.origins[repository] = account.origin
        }
        let credentials = account.credentials
        guard credentials != .anonymous, address.scheme == .http, !address.isLoopback else { return credentials }
        throw .plainCredentials
    }

    /// The token server that a foreign text names: https, and no private address, unless it is the registry's own host.
    private func check(_ realm: String) async throws(RegistryError) -> RegistryAddress {
        let shown = SafeText(realm, limit: 200)
        guard let server = RegistryAddress(realm) else { throw .realm("\"\(shown)\" is no URL with a host") }
        let isOwn = server.host == address.host
        guard server.scheme == .https || (isOwn && address.scheme == .http) else {
            throw .realm("\(shown) is not https, and a password may be sent there")
        }
        if !isOwn, await AddressRule.isPrivate(resolving: server.host, isProxied: transport.isProxied(server)) {
            throw .realm("\(shown) lies in a private network or nowhere, and the registry does not")
        }
        return server
    }

    private func refusal(_ answer: RegistryAnswer, _ server: RegistryAddress, _ scopes: [TokenScope]) -> RegistryError {
        let words = answer.errors.words
        switch answer.status {
        case 401, 403:
            let origin = origin(for: scopes).map { "; \($0)" } ?? ""
            return .token(
                SafeText(
                    "\(server) refuses the account for \(scopes.words): check name and password (status \(answer.status): \(words)\(origin))",
                    limit: 900))
        case 429: return .limited(wait: nil, words: words)
        case 500...: return .serverError(status: answer.status, words: words)
        default: return .token("\(server) answered with status \(answer.status): \(words)")
        }
    }
}

extension TokenBroker {
    /// The request for a token: GET for a password, POST for an identity token.
    private static func request(
        _ realm: String, _ server: RegistryAddress, _ service: String?, _ scopes: [TokenScope], _ credentials: Credentials,
        _ limits: RegistryLimits
    ) -> (request: RegistryRequest, authorization: Secret?) {
        let start = realm.firstRange(of: "://").map { realm[$0.upperBound...] } ?? realm[realm.endIndex...]
        let path = start.firstIndex(of: "/").map { String(start[$0...].prefix { $0 != "#" }) } ?? "/"
        let parameters = (service.map { [("service", $0)] } ?? []) + scopes.map { ("scope", $0.description) }
        if case .identityToken(let token) = credentials {
            let form = [("grant_type", "refresh_token"), ("client_id", "baton"), ("refresh_token", token.revealed)]
            // One parameter here, where GET has one for each (OAuth 2, RFC 6749, 3.3).
            let joined = (service.map { [("service", $0)] } ?? []) + [("scope", scopes.words)]
            var request = RegistryRequest.read(.POST, path, limit: TokenAnswer.byteLimit, scopes: [], limits)
            request.fields = [("content-type", "application/x-www-form-urlencoded")]
            request.body = .bytes(Array(PercentCoding.query(form + joined).utf8))
            return (request, nil)
        }
        let query = PercentCoding.query(parameters)
        let target = query.isEmpty ? path : path + (path.contains("?") ? "&" : "?") + query
        return (.read(.GET, target, limit: TokenAnswer.byteLimit, scopes: [], limits), credentials.basicAuthorization)
    }
}

extension Challenge {
    /// What the answer to it is kept by: name and password are the same for everything in a repository.
    fileprivate func key(of scopes: [TokenScope]) -> [TokenScope] {
        guard case .basic = self else { return scopes }
        return scopes.lazy.compactMap(\.repository).first.map { [.reading($0)] } ?? []
    }

    /// The challenge as it holds for the next request, whose scope is another.
    fileprivate var withoutScope: Challenge {
        switch self {
        case .basic: .basic
        case .bearer(let realm, let service, _): .bearer(realm: realm, service: service, scope: nil)
        }
    }
}

extension [TokenScope] {
    var words: String { map(\.description).joined(separator: " ") }
}

/// Percent-encoding by RFC 3986.
enum PercentCoding {
    /// Every byte but the unreserved ones encoded.
    static func encode(_ text: String, keeping kept: String = "") -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                if "-._~".utf8.contains(byte) || kept.utf8.contains(byte) {
                    encoded.unicodeScalars.append(Unicode.Scalar(byte))
                } else {
                    encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
                }
            }
        }
        return encoded
    }

    static func query(_ parameters: [(String, String)]) -> String {
        parameters.map { "\($0)=\(encode($1, keeping: ":/,"))" }.joined(separator: "&")
    }
}
