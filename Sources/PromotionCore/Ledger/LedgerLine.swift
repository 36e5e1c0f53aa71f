/// One entry as an export of the ledger prints it, on a line of its own.
package struct LedgerLine: Encodable {
    let sequence: Int64
    let at: Int64
    let service: String?
    let environment: String?
    let promotion: Int64?
    let fence: Int64?
    let kind: String
    let actor: String
    let userID: UInt32?
    /// The account of the gateway that named the actor.
    let gateway: String?
    let host: String
    let previous: String
    let hash: String
    /// The fact, as the text of the JSON that was hashed.
    let payload: String

    /// The line of an entry.
    package init(_ entry: LedgerEntry) {
        let draft = entry.draft
        sequence = entry.sequence
        at = draft.at.millisecondsSinceEpoch
        service = draft.place?.service.text
        environment = draft.place?.environment.text
        promotion = draft.promotion?.number
        fence = draft.fence?.number
        kind = draft.kind
        actor = draft.actor.name.text
        host = draft.actor.host.text
        switch draft.actor.proof {
        case .agent: userID = nil
        case .socket(let number), .gateway(_, let number): userID = number
        }
        gateway = draft.actor.gateway?.text
        previous = entry.previous.hex
        hash = entry.hash.hex
        payload = String(decoding: draft.payload, as: UTF8.self)
    }
}

/// The end of the chain, as the store remembers it.
package struct LedgerEnd: Encodable {
    private struct Head: Encodable {
        let sequence: Int64
        let hash: String
    }

    private let head: Head

    /// The line of an end.
    package init(_ head: LedgerHead) { self.head = Head(sequence: head.sequence, hash: head.hash.hex) }
}
