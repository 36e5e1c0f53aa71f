package import PromotionCore

/// What a fault of a ledger means: what can no longer be trusted, what the agent does with it, and what to do.
package struct LedgerConsequence: Hashable, Sendable {
    package let distrusted: SafeText
    package let agent: SafeText
    package let remedy: SafeText
}

extension ChainFault {
    /// What the fault means for whoever relies on the ledger.
    package var consequence: LedgerConsequence {
        let older: SafeText =
            "the agent starts where this is older than its saved projection, for it proves the last entry and what it folds; else it refuses to start"
        let restore: SafeText =
            "keep the file, put in its place the newest backup for which baton ledger verify holds, and compare the two with baton ledger export"
        switch self {
        case .altered(let sequence):
            return LedgerConsequence(
                distrusted: "what entry \(sequence) says, and every state that was folded from it since", agent: older,
                remedy: restore)
        case .broken(let sequence):
            return LedgerConsequence(
                distrusted: "the order of entries \(sequence - 1) and \(sequence): one was put in, taken out or moved here",
                agent: older, remedy: restore)
        case .missing(let from, let found):
            return LedgerConsequence(
                distrusted:
                    "whether anything happened in entries \(from) to \(found - 1), such as a refusal, an approval or a veto",
                agent: older, remedy: restore)
        case .cut(let last, let remembered):
            return LedgerConsequence(
                distrusted:
                    "everything after entry \(last): \(remembered - last) facts are gone, and what was done then is unknown",
                agent: "the agent refuses to start",
                remedy: "\(restore); then let the agent look: what runs is shown as drift where the ledger does not know of it")
        }
    }
}

/// A fault beside the chain: in what an agent reads besides the entries.
package enum LedgerFinding: Hashable, Sendable, CustomStringConvertible {
    /// Entries follow the last that the store remembers.
    case unremembered(Int64)
    /// A saved projection is not what was saved, or stands at another entry than then.
    case snapshot(sequence: Int64)
    /// The lease table gives out fences that were used already.
    case fence(place: SafeText, table: Int64?, used: Int64)
    /// A rule of the tables, which keeps other programs from changing entries, is gone or another.
    case rule(SafeText)

    package var description: String {
        switch self {
        case .unremembered(let count): "\(count) entries follow the last that the store remembers: they were added by hand"
        case .snapshot(let sequence): "the saved projection at entry \(sequence) is not what was saved"
        case .fence(let place, let table, let used):
            "the lease of \(place) stands at fence \(table.map(String.init) ?? "none"), and \(used) was used already"
        case .rule(let name): "the rule \(name) of the tables is gone or was changed"
        }
    }

    /// What it means for whoever relies on the ledger.
    package var consequence: LedgerConsequence {
        switch self {
        case .unremembered:
            LedgerConsequence(
                distrusted: "those entries", agent: "the agent refuses to start",
                remedy: "keep the file, and put a backup in its place for which baton ledger verify holds")
        case .snapshot:
            LedgerConsequence(
                distrusted: "nothing that the chain says",
                agent: "the agent passes it over and folds from an older one, or from the first entry: it starts slower",
                remedy: "start the agent: it saves a new one")
        case .fence(let place, _, let used):
            LedgerConsequence(
                distrusted: "that at most one agent changes \(place): fences up to \(used) could be given out twice",
                agent: "targets, switches and registries refuse its changes until the fence has grown past \(used)",
                remedy: "stop the agent, and put a backup in its place for which baton ledger verify holds")
        case .rule:
            LedgerConsequence(
                distrusted: "that no other program has changed entries since; the chain itself tells whether one did",
                agent: "the agent works on, and SQLite no longer stops others",
                remedy: "keep the file, and put a backup in its place for which baton ledger verify holds")
        }
    }
}
