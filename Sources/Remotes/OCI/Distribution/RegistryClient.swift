internal import NIOCore
internal import NIOHTTP1
package import PromotionCore
internal import Synchronization

/// One registry, spoken to by the OCI distribution specification: authorization, patience and redirects of every request.
///
/// The verbs are in the files beside this one. What they return has been checked against its digest.
package final class RegistryClient: Sendable {
    package let address: RegistryAddress
    let limits: RegistryLimits
    let transport: RegistryTransport
    let now: @Sendable () -> Timestamp
    let existence = KnownRepositories()
    private let broker: TokenBroker
    let credentials: CredentialSource
    private let notice: @Sendable (SafeText) -> Void
    private let limit = Mutex(RegistryLimit())
    /// Requests that were sent, redirects and tokens not counted.
    private let sent = Mutex(0)

    /// - Parameters:
    ///   - now: wall time, for tokens and dates.
    ///   - notice: is told of every long wait, with its cause.
    package init(
        address: RegistryAddress, credentials: CredentialSource = .anonymous, transport: RegistryTransport,
        limits: RegistryLimits = RegistryLimits(), now: @escaping @Sendable () -> Timestamp,
        notice: @escaping @Sendable (SafeText) -> Void = { _ in }
    ) {
        self.address = address
        self.limits = limits
        self.transport = transport
        self.now = now
        self.notice = notice
        self.credentials = credentials
        broker = TokenBroker(address: address, source: credentials, transport: transport, limits: limits, now: now)
    }

    /// Tells the operator's log of something that stops nothing.
    func tell(_ words: SafeText) { notice("\(address): \(words)") }

    /// Requests sent so far, for those who count round trips.
    package var requests: Int { sent.withLock(\.self) }

    /// Sends a request until there is an answer that says something about what was asked, or patience ends.
    ///
    /// Answers with a status that every request may get (401, 403 where the account lacks a right, 429, 5xx) become errors.
    func perform(_ request: RegistryRequest) async throws(RegistryError) -> RegistryAnswer {
        var attempt = 1
        while true {
            do throws(RegistryError) {
                try stayBack()
                try await keepQuiet()
                let answer = try judged(try await authorized(request), request)
                if Urgency.current == .background { limit.withLock { $0.answered(at: now()) } }
                return answer
            } catch {
                try note(error)
                let decision = RetryRule(limits).decide(
                    after: error, attempt: attempt, isRepeatable: request.isRepeatable, chance: Double.random(in: 0...1))
                guard case .again(let pause) = decision, !Task.isCancelled else { throw error }
                attempt += 1
                await rest(pause, because: error)
            }
        }
    }

    /// Asks nothing that can wait while the registry's limit is reached.
    private func stayBack() throws(RegistryError) {
        guard Urgency.current == .background, let rest = limit.withLock(\.rest), now() < rest.until else { return }
        throw .resting(until: rest.until, words: rest.words)
    }

    /// Notes that a limit is reached; what can wait is not asked again before it is over.
    private func note(_ error: RegistryError) throws(RegistryError) {
        guard case .limited(let wait, let words) = error else { return }
        limit.withLock { $0.reached(wait, words, at: now()) }
        try stayBack()
    }

    private func rest(_ pause: Milliseconds, because error: RegistryError) async {
        if case .limited = error {
            limit.withLock { $0.keepQuiet(until: now() + pause) }
            if pause > .seconds(1) { notice("\(address): waiting \(pause): \(SafeText(error.description))") }
        }
        try? await Task.sleep(for: pause.duration)
    }

    /// Waits while the registry asked to be left alone, whichever request it said so to.
    private func keepQuiet() async throws(RegistryError) {
        let left = limit.withLock { $0.quietUntil - now() }
        guard left > .zero else { return }
        try? await Task.sleep(for: min(left, limits.wait).duration)
        if Task.isCancelled { throw .noAnswer(.cancelled) }
    }

    /// Sends with what is known of authorization, and once more with what a challenge asks for.
    private func authorized(_ request: RegistryRequest) async throws(RegistryError) -> RegistryAnswer {
        let first = await broker.authorization(for: request.scopes)
        let (answer, place) = try await followed(request, first)
        guard answer.status == 401 else { return answer }
        guard place == address else { throw Self.strangersChallenge(place) }
        let second = try await broker.authorization(
            after: answer.fields["www-authenticate"], for: request.scopes, refused: first)
        if case .stream = request.body {
            throw .unauthorizedBody(scope: request.scopes.words, words: answer.errors.words)
        }
        let (retried, _) = try await followed(request, second)
        guard retried.status == 401 else { return retried }
        throw .unauthorized(scope: request.scopes.words, words: words(of: retried, to: request))
    }

    /// What the registry says of a refusal, and whose account it refused.
    private func words(of answer: RegistryAnswer, to request: RegistryRequest) -> SafeText {
        guard let origin = broker.origin(for: request.scopes) else { return answer.errors.words }
        return SafeText("\(answer.errors.words); \(origin)", limit: 900)
    }

    /// What somebody to whom the registry sent on asks for is nothing that the registry's account is told to.
    private static func strangersChallenge(_ place: RegistryAddress) -> RegistryError {
        .redirect("\(place.name), to which the registry sends on, asks for credentials of its own")
    }

    private func judged(_ answer: RegistryAnswer, _ request: RegistryRequest) throws(RegistryError) -> RegistryAnswer {
        switch answer.status {
        case 403: throw .forbidden(scope: request.scopes.words, words: words(of: answer, to: request))
        case 404 where answer.errors.isLimited, 429:
            let words = answer.errors.words
            let wait = RetryAfter.wait(field: answer.field("retry-after"), message: words.text, now: now())
            throw .limited(wait: wait, words: words)
        case 503:
            let wait = RetryAfter.wait(field: answer.field("retry-after"), message: "", now: now())
            if let wait, request.isRepeatable { throw .limited(wait: wait, words: answer.errors.words) }
            throw .serverError(status: 503, words: answer.errors.words)
        case 500...: throw .serverError(status: answer.status, words: answer.errors.words)
        default: return answer
        }
    }

    /// Sends, and follows redirects of a request that reads.
    /// - Returns: the answer, and who gave it.
    private func followed(
        _ request: RegistryRequest, _ authorization: Secret?
    ) async throws(RegistryError) -> (RegistryAnswer, RegistryAddress) {
        var (request, place, authorization) = (request, address, authorization)
        for hop in 0...RegistryLimits.hops {
            if let sentBy = request.sentBy, now() > sentBy { throw .notSent }
            sent.withLock { $0 += 1 }
            let answer = try await transport.send(request, to: place, authorization: authorization)
            guard Self.redirects.contains(answer.status) else { return (answer, place) }
            let next = try await redirect(from: place, answer.field("location"), request, hop)
            if next.address != address { authorization = nil }
            (place, request.path) = (next.address, next.path)
        }
        throw .redirect("more than \(RegistryLimits.hops) one after another")
    }

    private static let redirects: Set<Int> = [301, 302, 303, 307, 308]

    /// Where a redirect leads, if it may lead there.
    func redirect(
        from here: RegistryAddress, _ location: String?, _ request: RegistryRequest, _ hop: Int
    ) async throws(RegistryError) -> (address: RegistryAddress, path: String) {
        // What stands behind a question mark may be a signature that opens something.
        let shown = SafeText(location.map { String($0.prefix { $0 != "?" }) } ?? "nowhere", limit: 200)
        guard hop < RegistryLimits.hops else { throw .redirect("more than \(RegistryLimits.hops) one after another") }
        guard request.method == .GET || request.method == .HEAD else {
            throw .redirect("a change is sent on to \(shown): write the registry's real address into the configuration")
        }
        guard let location, let there = Self.resolve(location, from: here) else {
            throw .redirect("\(shown) is no URL with a host")
        }
        if here.scheme == .https && there.address.scheme == .http { throw .redirect("from https to \(shown)") }
        let isProxied = transport.isProxied(there.address)
        if there.address.host != address.host,
            await AddressRule.isPrivate(resolving: there.address.host, isProxied: isProxied)
        {
            throw .redirect("\(shown) lies in a private network or nowhere, and the registry does not")
        }
        return there
    }

    /// An absolute URL, or a path on the same host.
    static func resolve(_ location: String, from here: RegistryAddress) -> (address: RegistryAddress, path: String)? {
        guard location.utf8.count <= 16 << 10, location.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        if location.hasPrefix("/") && !location.hasPrefix("//") { return (here, location) }
        guard let address = RegistryAddress(location), let scheme = location.firstRange(of: "://") else { return nil }
        let rest = location[scheme.upperBound...]
        let path = rest.firstIndex { $0 == "/" || $0 == "?" }.map { String(rest[$0...].prefix { $0 != "#" }) } ?? "/"
        return (address, path.hasPrefix("/") ? path : "/" + path)
    }

    /// Sends a request that reads and hands its body out piece by piece, redirects followed.
    func streamed(_ request: RegistryRequest) async throws(RegistryError) -> StreamedAnswer {
        var authorization = await broker.authorization(for: request.scopes)
        var (current, place) = (request, address)
        var (hop, challenges) = (0, 0)
        while true {
            sent.withLock { $0 += 1 }
            let answer = try await transport.stream(current, to: place, authorization: authorization)
            if answer.status == 401, place != address { throw Self.strangersChallenge(place) }
            if answer.status == 401, challenges == 0 {
                authorization = try await broker.authorization(
                    after: answer.fields["www-authenticate"], for: request.scopes, refused: authorization)
                challenges += 1
            } else if Self.redirects.contains(answer.status) {
                let next = try await redirect(from: place, answer.fields.first(name: "location"), request, hop)
                if next.address != address { authorization = nil }
                (place, current.path) = (next.address, next.path)
                hop += 1
            } else {
                return answer
            }
        }
    }

    /// The request as a sentence names it: `GET registry.example/v2/shop/payments/tags/list`.
    func place(_ words: String) -> String { "\(address.name): \(words)" }
}
