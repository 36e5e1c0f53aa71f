/// Where a promotion can be looked at, with places for what names it: `https://ci.example/runs/{service}/{promotion}`.
package struct LinkTemplate: Hashable, Sendable {
    /// What a template may name.
    package enum Placeholder: String, CaseIterable {
        case service, environment, promotion, digest
    }

    private enum Part: Hashable, Sendable {
        case text(String)
        case value(Placeholder)
    }

    private let parts: [Part]

    /// Most bytes of a template.
    package static let limit = 1_024

    /// Parses a template.
    /// - Throws: `LinkTemplateError` that says what would be right.
    package init(_ text: String) throws(LinkTemplateError) {
        guard ["https://", "http://"].contains(where: text.hasPrefix), text.utf8.count <= Self.limit,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "<") })
        else { throw .notALink }
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}") else { throw .unclosed }
            let word = String(rest[rest.index(after: open)..<close])
            guard let placeholder = Placeholder(rawValue: word) else { throw .unknown(SafeText(word, limit: 40)) }
            parts += [.text(String(rest[..<open])), .value(placeholder)]
            rest = rest[rest.index(after: close)...]
        }
        self.parts = parts + [.text(String(rest))]
    }

    /// The link of a notice; nil where the template names what the notice is not about.
    package func link(to notice: Notice) -> String? {
        let texts = parts.map { part -> String? in
            switch part {
            case .text(let text): text
            case .value(.service): notice.place.service.text
            case .value(.environment): notice.place.environment.text
            case .value(.promotion): notice.promotion.map { "\($0)" }
            case .value(.digest): notice.to?.digest.description
            }
        }
        return texts.contains(nil) ? nil : texts.compactMap(\.self).joined()
    }
}

/// Why a text is no template of a link.
package enum LinkTemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    case notALink
    case unclosed
    case unknown(SafeText)

    package var description: String {
        let known = LinkTemplate.Placeholder.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", ")
        return switch self {
        case .notALink: "write https://… in visible ASCII, with any of \(known)"
        case .unclosed: "a \"{\" is not closed: write any of \(known)"
        case .unknown(let word): "there is no {\(word)}: write any of \(known)"
        }
    }
}
