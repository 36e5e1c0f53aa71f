internal import NIOHTTP1
internal import PromotionCore

/// What a proxy changes in the headers that it carries.
enum ProxyHeaders {
    /// Headers that speak of one connection only (RFC 9110, 7.6.1).
    private static let ofConnection = [
        "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    ]

    /// A client's request as the slot gets it.
    static func forward(_ request: HTTPRequestHead, bodyInBytes: Int) -> HTTPRequestHead {
        var head = HTTPRequestHead(version: .http1_1, method: request.method, uri: request.uri)
        head.headers = without(request.headers)
        for name in ["Content-Length", "Expect", StageHeader.routed] { head.headers.remove(name: name) }
        if bodyInBytes > 0 { head.headers.add(name: "Content-Length", value: "\(bodyInBytes)") }
        if !request.isLook { head.headers.add(name: StageHeader.routed, value: "1") }
        head.headers.add(name: "Connection", value: "close")
        return head
    }

    /// A slot's answer as the client gets it.
    static func back(_ answer: HTTPResponseHead, to request: HTTPRequestHead, from slot: SlotName) -> HTTPResponseHead {
        var head = HTTPResponseHead(version: .http1_1, status: answer.status)
        head.headers = without(answer.headers)
        if request.method == .HEAD, !head.headers.contains(name: "Content-Length") {
            // The answer to HEAD has no body; without a length it would be taken for a chunked one.
            head.headers.add(name: "Content-Length", value: "0")
        }
        head.headers.replaceOrAdd(name: StageHeader.slot, value: slot.text)
        head.headers.add(name: "Connection", value: request.isKeepAlive ? "keep-alive" : "close")
        return head
    }

    private static func without(_ headers: HTTPHeaders) -> HTTPHeaders {
        var kept = headers
        for name in headers[canonicalForm: "Connection"] { kept.remove(name: String(name)) }
        for name in ofConnection { kept.remove(name: name) }
        return kept
    }
}

extension HTTPRequestHead {
    /// Whether this is a look at the port and no user's request.
    var isLook: Bool { headers.contains(name: StageHeader.look) }
}
