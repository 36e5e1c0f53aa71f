package import PromotionCore

/// Where an agent knows its chain to end.
package struct KnownHead: Hashable, Sendable {
    package private(set) var head: LedgerHead
    /// The end that the chain has if the entry whose commit was uncertain was kept.
    package private(set) var possible: LedgerHead?

    package init(head: LedgerHead) { self.head = head }

    /// Takes what the database says, where it is one of the ends that this agent can have made.
    /// - Returns: false where someone else made it; nothing changes then.
    package mutating func accept(_ found: LedgerHead) -> Bool {
        guard found == head || found == possible else { return false }
        head = found
        possible = nil
        return true
    }

    /// Takes the outcome of appending an entry that would make `next` the end; nil where it did not come that far.
    package mutating func settle(_ result: Result<LedgerEntry, Fault>, next: LedgerHead?) {
        switch result {
        case .success(let entry): self = KnownHead(head: entry.head)
        case .failure(let fault): if fault.kind == .unknown { possible = next }
        }
    }
}
