internal import Crypto

/// A fact on its way into the ledger: everything but its place in the chain.
package struct LedgerDraft: Hashable, Sendable, Codable {
    package let at: Timestamp
    package let place: Place?
    package let promotion: PromotionNumber?
    package let actor: Account
    package let fence: Fence?
    /// The fact's name, such as `promotion.started`.
    package let kind: String
    /// The fact, as JSON.
    package let payload: [UInt8]
    /// The fact that the payload was made from, so that its writer need not read it again; what a store gives back has none.
    let written: Remembered<Fact>

    package init(
        at: Timestamp, place: Place?, promotion: PromotionNumber?, actor: Account, fence: Fence?, kind: String, payload: [UInt8]
    ) {
        self.init(
            at: at, place: place, promotion: promotion, actor: actor, fence: fence, kind: kind, payload: payload, written: nil)
    }

    init(
        at: Timestamp, place: Place?, promotion: PromotionNumber?, actor: Account, fence: Fence?, kind: String,
        payload: [UInt8], written: Fact?
    ) {
        self.at = at
        self.place = place
        self.promotion = promotion
        self.actor = actor
        self.fence = fence
        self.kind = kind
        self.payload = payload
        self.written = Remembered(value: written)
    }
}

extension LedgerDraft {
    private enum CodingKeys: String, CodingKey {
        case at, place, promotion, actor, fence, kind, payload
    }

    /// The payload travels as the text it is, not as a list of numbers.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            at: try container.decode(Timestamp.self, forKey: .at),
            place: try container.decodeIfPresent(Place.self, forKey: .place),
            promotion: try container.decodeIfPresent(PromotionNumber.self, forKey: .promotion),
            actor: try container.decode(Account.self, forKey: .actor),
            fence: try container.decodeIfPresent(Fence.self, forKey: .fence),
            kind: try container.decode(String.self, forKey: .kind),
            payload: Array(try container.decode(String.self, forKey: .payload).utf8))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(at, forKey: .at)
        try container.encodeIfPresent(place, forKey: .place)
        try container.encodeIfPresent(promotion, forKey: .promotion)
        try container.encode(actor, forKey: .actor)
        try container.encodeIfPresent(fence, forKey: .fence)
        try container.encode(kind, forKey: .kind)
        try container.encode(String(decoding: payload, as: UTF8.self), forKey: .payload)
    }
}

/// The number of a promotion, counted from 1 over the whole ledger.
package struct PromotionNumber: Hashable, Comparable, Sendable, Codable, CustomStringConvertible, CodingKeyRepresentable {
    package let number: Int64

    package init(_ number: Int64) { self.number = number }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
    package var description: String { "\(number)" }

    package init(from decoder: any Decoder) throws { number = try decoder.singleValueContainer().decode(Int64.self) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }

    package var codingKey: any CodingKey { TextKey("\(number)") }

    package init?(codingKey: some CodingKey) {
        guard let number = Int64(codingKey.stringValue) else { return nil }
        self.init(number)
    }
}

/// The end of a ledger's chain.
package struct LedgerHead: Hashable, Sendable, Codable {
    /// Number of the last entry; 0 for an empty ledger.
    package let sequence: Int64
    package let hash: Digest

    package init(sequence: Int64, hash: Digest) {
        self.sequence = sequence
        self.hash = hash
    }

    /// The end of a ledger without entries.
    package static let empty = LedgerHead(sequence: 0, hash: Digest(of: "baton.ledger/1".utf8))
}

/// One fact in its place: each entry's hash covers the hash before it, so that nothing can be changed or left out unseen.
package struct LedgerEntry: Hashable, Sendable, Codable {
    package let sequence: Int64
    package let draft: LedgerDraft
    package let previous: Digest
    package let hash: Digest

    /// The entry as it was read from a store, not yet proven.
    package init(sequence: Int64, draft: LedgerDraft, previous: Digest, hash: Digest) {
        self.sequence = sequence
        self.draft = draft
        self.previous = previous
        self.hash = hash
    }

    /// The entry that follows `head`.
    package init(_ draft: LedgerDraft, after head: LedgerHead) {
        self.init(
            sequence: head.sequence + 1, draft: draft, previous: head.hash,
            hash: Self.hash(draft, sequence: head.sequence + 1, previous: head.hash))
    }

    package var head: LedgerHead { LedgerHead(sequence: sequence, hash: hash) }

    /// Proves that this entry follows `head` and is what its hash says.
    /// - Throws: `ChainFault` that names the place.
    package func prove(after head: LedgerHead) throws(ChainFault) {
        guard sequence == head.sequence + 1 else { throw .missing(from: head.sequence + 1, found: sequence) }
        guard previous == head.hash else { throw .broken(sequence: sequence) }
        guard hash == Self.hash(draft, sequence: sequence, previous: previous) else { throw .altered(sequence: sequence) }
    }

    /// Whether this entry is what its hash says, had it this number.
    package func isWhole(as number: Int64) -> Bool { hash == Self.hash(draft, sequence: number, previous: previous) }

    /// SHA-256 over every field, each with its length in front, so that no two entries hash the same bytes.
    private static func hash(_ draft: LedgerDraft, sequence: Int64, previous: Digest) -> Digest {
        var hash = SHA256()
        func add(_ bytes: some Collection<UInt8>) {
            withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { hash.update(bufferPointer: $0) }
            hash.update(data: Array(bytes))
        }
        func add(_ text: String?) { add(Array((text ?? "\u{0}").utf8)) }
        add(previous.hex)
        add("\(sequence)")
        add("\(draft.at.millisecondsSinceEpoch)")
        add(draft.place?.service.text)
        add(draft.place?.environment.text)
        add(draft.promotion?.description)
        add(draft.actor.name.text)
        add(draft.actor.host.text)
        switch draft.actor.proof {
        case .agent: add("agent")
        case .socket(let userID): add("socket \(userID)")
        case .gateway(let gateway, let userID):
            add("gateway \(userID)")
            add(gateway.text)
        }
        add(draft.fence?.description)
        add(draft.kind)
        add(draft.payload)
        return Digest(finished: hash.finalize())
    }
}

/// Where a ledger's chain does not hold.
package enum ChainFault: Error, Hashable, Sendable, CustomStringConvertible {
    case missing(from: Int64, found: Int64)
    case altered(sequence: Int64)
    case broken(sequence: Int64)
    /// Two entries stand in each other's place.
    case swapped(Int64, Int64)
    /// The chain ends before the head that the store remembers.
    case cut(last: Int64, remembered: Int64)

    package var description: String {
        switch self {
        case .missing(let from, let found): "entry \(from) is missing: \(found) follows \(from - 1)"
        case .altered(let sequence): "entry \(sequence) was altered: its content does not match its hash"
        case .broken(let sequence): "the chain breaks at entry \(sequence): it does not name the hash of entry \(sequence - 1)"
        case .swapped(let first, let second): "entries \(first) and \(second) were swapped: each is whole in the other's place"
        case .cut(let last, let remembered): "the tail is cut: the last entry is \(last), the store remembers \(remembered)"
        }
    }
}

/// The append-only store of facts. Only the agent that owns it writes.
package protocol Ledger: Sendable {
    /// Appends one fact; when this returns, it is durable.
    /// - Throws: `Fault.broke` when nothing was written (a full disk), `Fault.unknown` when that is not certain.
    func append(_ draft: LedgerDraft) async throws(Fault) -> LedgerEntry
    /// Entries after a sequence number, in order, at most `limit`.
    func entries(after sequence: Int64, limit: Int) async throws(Fault) -> [LedgerEntry]
    /// The end of the chain.
    func head() async throws(Fault) -> LedgerHead
    /// The newest saved projection and the sequence it stands at; nil where none was saved in this format.
    func snapshot(format: Int) async throws(Fault) -> LedgerSnapshot?
    /// Keeps a projection, so that opening need not fold from the beginning.
    /// - Throws: `Fault`, where it holds the bytes of a part no longer that it should have already, too.
    func save(_ snapshot: LedgerSnapshot) async throws(Fault)
}
