/// Why a digest is kept: the rule, and what makes it hold.
package enum KeepReason: Hashable, Sendable {
    case final(Tag)
    case pointer(Tag)
    case other(Tag)
    /// A quarantine tag that the ledger does not know.
    case foreignQuarantine(Tag)
    case active(SafeText)
    case promotion(SafeText)
    case goal(SafeText)
    case hold(SafeText)
    case stale(SafeText)
    case candidate(Tag, Window)
    case build(Tag, Window)
    case grace(until: Timestamp)
    /// An attached tag whose subject is not there.
    case orphan(Tag)
    /// Its media type is not known, or that of something below it.
    case opaque(SafeText)
    /// A kept digest reaches it: as child, referrer or subject.
    case reachable(from: Digest)
    /// Nothing that may go reaches it, and untagged is not garbage.
    case unnamed
    /// It may go by its own tags, but something that stays is tied to it.
    case tied(SafeText)
    /// As a plan file told it.
    case recorded(rule: String, SafeText)

    /// What holds a candidate or build in its window.
    package enum Window: Hashable, Sendable {
        /// Among the newest so many.
        case newest(Int)
        /// No final tag has its version, and none is newer.
        case openVersion
        /// Younger than so much.
        case younger(than: Milliseconds)
        case unknownAge

        /// In words.
        package var words: SafeText {
            switch self {
            case .newest(let count): "among the newest \(count)"
            case .openVersion: "its version is not released yet"
            case .younger(let limit): "younger than \(limit)"
            case .unknownAge: "its age is not known"
            }
        }
    }

    /// The rule's number (`Resources/docs/retention.md`, "Rules: what is kept, and why").
    package var rule: String {
        switch self {
        case .final: "R1"
        case .pointer, .other, .foreignQuarantine: "R2"
        case .active, .stale: "R3"
        case .promotion: "R4"
        case .goal: "R5"
        case .hold: "R6"
        case .candidate: "R7"
        case .build: "R8"
        case .grace: "R9"
        case .orphan: "R10"
        case .opaque: "type"
        case .reachable: "reachable"
        case .unnamed: "unnamed"
        case .tied: "tied"
        case .recorded(let rule, _): rule
        }
    }

    /// The reason in words.
    package var words: SafeText {
        switch self {
        case .final(let tag): "final tag \(tag)"
        case .pointer(let tag): "pointer tag \(tag)"
        case .other(let tag): "tag \(tag) is not one that retention may choose"
        case .foreignQuarantine(let tag): "\(tag) holds it, and the ledger knows of no quarantine of it"
        case .active(let words), .promotion(let words), .goal(let words), .hold(let words), .stale(let words): words
        case .candidate(let tag, let window), .build(let tag, let window): "\(tag): \(window.words)"
        case .grace(let until): "quarantined, deleted after \(until)"
        case .orphan(let tag): "\(tag) hangs on a digest that is not here"
        case .opaque(let type): "media type \(type) is not known: what hangs below it cannot be told"
        case .reachable(let digest): "reachable from \(digest.short())"
        case .unnamed: "nothing that may go reaches it; untagged is not garbage"
        case .tied(let words): words
        case .recorded(_, let words): words
        }
    }
}

extension KeepReason: Codable {
    private enum CodingKeys: String, CodingKey { case rule, because }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self = .recorded(
            rule: try container.decode(String.self, forKey: .rule), try container.decode(SafeText.self, forKey: .because))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(rule, forKey: .rule)
        try container.encode(words, forKey: .because)
    }
}
