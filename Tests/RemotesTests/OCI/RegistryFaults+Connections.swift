import PromotionCore
import Remotes

extension RegistryFaultCase {
    private static func first(
        _ reply: ScriptedRegistry.Reply, times: Int = 1
    ) -> ScriptedRegistry.Script {
        { request, contents in FaultWorld.times(request, contents) <= times ? reply : nil }
    }

    private static func redirect(_ location: String) -> ScriptedRegistry.Script {
        { request, _ in request.rest.hasPrefix("blobs/") ? .answer(307, ["Location": location]) : nil }
    }

    private static func challenge(_ text: String) -> ScriptedRegistry.Script {
        { request, _ in
            request.path.hasPrefix("/v2/") ? .error(401, "UNAUTHORIZED", "who are you", ["Www-Authenticate": text]) : nil
        }
    }

    /// Faults of the way, of limits and of authorization.
    static let connections: [RegistryFaultCase] = [
        .init("a connection that breaks once", .resolve, does: "asks again", says: "the old image", first(.reset)),
        .init(
            "a connection that breaks each time", .resolve, does: "gives up after 4 tries", says: "closed before",
            { _, _ in .reset }
        ),
        .init(
            "no answer", .resolve, does: "waits no longer than the deadline", says: "no whole answer within", { _, _ in .silence }
        ),
        .init("a status line without end", .resolve, does: "ends the connection at 64 KiB", says: "65536") { _, _ in
            .endless("HTTP/1.1 200 ", then: String(repeating: "x", count: 16_384))
        },
        .init("something that is not HTTP", .resolve, does: "says so", says: "not HTTP") { _, _ in .raw("SSH-2.0-OpenSSH_9.2\r\n")
        },
        .init(
            "500 three times", .resolve, does: "asks again, with growing pauses", says: "the old image",
            first(.error(500, "UNKNOWN"), times: 3)),
        .init("500 each time", .resolve, does: "gives up after 4 tries", says: "the registry itself failed") { _, _ in
            .error(500, "UNKNOWN", "disk")
        },
        .init(
            "429 with a wait in seconds", .resolve, does: "waits, then asks again", says: "the old image",
            first(.error(429, "TOOMANYREQUESTS", "slow down", ["Retry-After": "0"]))),
        .init(
            "429 with a wait as a Go duration in the message", .release, does: "waits, then asks again", says: "2 platforms",
            first(.error(429, "TOOMANYREQUESTS", "retry-after: 10.305464ms, allowed: 44000/minute"))),
        .init(
            "429 with a wait of ten minutes", .release, does: "reports it instead of waiting", says: "asks to wait 10m",
            { _, _ in .error(429, "TOOMANYREQUESTS", "slow down", ["Retry-After": "600"]) }),
        .init(
            "a redirect of a blob into a link-local network", .blob, does: "does not follow", says: "private network",
            redirect("http://169.254.169.254/latest/meta-data")),
        .init("a redirect that leads back", .blob, does: "stops after 5", says: "more than 5") { request, _ in
            request.rest.hasPrefix("blobs/") ? .answer(307, ["Location": request.path]) : nil
        },
        .init("a redirect to no URL", .blob, does: "does not follow", says: "no URL", redirect("file:///etc/passwd")),
        .init("a redirect of a change", .move, does: "changes nothing", says: "write the registry's real address") { request, _ in
            FaultWorld.isPut(request) ? .answer(307, ["Location": "/elsewhere"]) : nil
        },
        .init("an upload that is sent on to another host", .upload, does: "sends nothing there", says: "another host") {
            request, _ in
            request.method == "POST" ? .answer(202, ["Location": "https://evil.example/upload"]) : nil
        },
        .init(
            "401 without a challenge", .resolve, does: "says what is wanted", says: "without a challenge",
            { _, _ in .error(401, "UNAUTHORIZED") }),
        .init(
            "401 with a token server by http", .resolve, does: "sends no password there", says: "not https",
            challenge(#"Bearer realm="http://auth.example/token",service="x""#)),
        .init(
            "401 with a token server in a private network", .resolve, does: "asks nothing there", says: "private network",
            challenge(#"Bearer realm="https://10.0.0.1/token",service="x""#)),
        .init(
            "401 Basic, and no account is configured", .resolve, does: "says so", says: "no account is configured",
            challenge(#"Basic realm="x""#)),
        .init("a token with a line break in it", .resolve, does: "does not send it", says: "characters that no token has") {
            request, _ in
            if request.path.hasPrefix("/token") { return .json(200, #"{"token":"a\r\nX-Evil: 1"}"#) }
            return .error(
                401, "UNAUTHORIZED", "who", ["Www-Authenticate": #"Bearer realm="http://127.0.0.1:\#(request.port)/token""#])
        },
        .init("a token server that gives none", .resolve, does: "says so", says: "neither token nor access_token") { request, _ in
            if request.path.hasPrefix("/token") { return .json(200, "{}") }
            return .error(
                401, "UNAUTHORIZED", "who", ["Www-Authenticate": #"Bearer realm="http://127.0.0.1:\#(request.port)/token""#])
        },
        .init(
            "401 again with the new token", .resolve, does: "asks once, then names the right",
            says: "repository:shop/payments:pull"
        ) { request, _ in
            if request.path.hasPrefix("/token") { return .json(200, #"{"token":"abc"}"#) }
            return .error(
                401, "UNAUTHORIZED", "who", ["Www-Authenticate": #"Bearer realm="http://127.0.0.1:\#(request.port)/token""#])
        },
        .init("403", .resolve, does: "names the right", says: "lacks a right", { _, _ in .error(403, "DENIED") }),
        .init("escape sequences in an error", .release, does: "shows them as text", says: "\\u{1b}") { _, _ in
            .error(400, "X", #"\u001b]0;owned\u0007"#)
        },
    ]
}

extension ScriptedRegistry.Request {
    /// The port that the request came to.
    var port: String { field("host").map { String($0.drop { $0 != ":" }.dropFirst()) } ?? "" }
}
