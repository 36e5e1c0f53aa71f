package import PromotionCore

/// Tells notices by HTTP: one POST with a JSON body each.
package struct Webhook: Receiver {
    /// A value of the configuration that may be a secret.
    package enum Value: Hashable, Sendable {
        case plain(String)
        case secret(SecretSource)

        func read() throws(Fault) -> Secret {
            switch self {
            case .plain(let text): Secret(text)
            case .secret(let source): try source.read()
            }
        }
    }

    package let name: SafeText
    package let occasions: Set<Occasion>
    private let address: Value
    private let fields: [(name: String, value: Value)]
    private let format: NoticeFormat
    private let link: LinkTemplate?
    private let http: OutboundHTTP

    /// For one request, everything included.
    private let deadline: Milliseconds

    package init(
        name: SafeText, occasions: Set<Occasion>, address: Value, fields: [String: Value], format: NoticeFormat,
        link: LinkTemplate?, http: OutboundHTTP, deadline: Milliseconds = .seconds(10)
    ) {
        self.deadline = deadline
        self.name = name
        self.occasions = occasions
        self.address = address
        self.fields = fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        self.format = format
        self.link = link
        self.http = http
    }

    /// Secrets are read each time, and no reason holds the address, which may be one itself.
    package func tell(_ notice: Notice, _ delay: NoticeDelay?) async throws(Fault) {
        let url = try address.read().revealed
        guard ["https://", "http://"].contains(where: url.hasPrefix) else {
            throw Fault(.refused, "the webhook's address does not begin with https:// or http://")
        }
        var fields = [(name: "content-type", value: "application/json"), (name: "baton-notice", value: "\(notice.sequence)")]
        for field in self.fields {
            let value = try field.value.read().revealed
            // A line break in a value would begin a header field of its own.
            guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw Fault(.refused, SafeText("the value of header \(field.name) holds control characters"))
            }
            fields.append((field.name, value))
        }
        guard let body = try? notice.body(as: format, link: link?.link(to: notice), delay) else {
            throw Fault(.refused, "the notice cannot be written as JSON")
        }
        let answer: HTTPAnswer
        do throws(HTTPFailure) {
            answer = try await http.post(body, to: url, fields: fields, within: deadline, bodyLimit: 4_096)
        } catch {
            throw Fault(error.problem == .notAURL ? .refused : .broke, SafeText(error.problem.description))
        }
        try Self.judge(answer.status)
    }

    /// What a status says: taken, come again (RFC 9110, 15.5.9 and 15.6; RFC 6585, 4), or no.
    private static func judge(_ status: Int) throws(Fault) {
        switch status {
        case 200..<300: return
        case 408, 425, 429, 500..<600: throw Fault(.broke, "the receiver answered \(status)")
        case 300..<400: throw Fault(.refused, "the receiver answered \(status): redirects are not followed, name where it leads")
        default: throw Fault(.refused, "the receiver answered \(status)")
        }
    }
}
