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
        case .swapped(let first, let second):
            return LedgerConsequence(
                distrusted:
                    "the order of what happened from entry \(first) to \(second); what each of the two says is what was written",
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
    /// The chain is whole, but not the one whose end was kept elsewhere.
    case head(kept: LedgerHead)
    /// A saved projection is not what was saved, or stands at another entry than then.
    case snapshot(sequence: Int64)
    /// A saved projection is whole, but it is not what the entries say: it was rewritten together with its digest.
    case rewritten(sequence: Int64)
    /// An entry is what its hash says, but nothing that can have happened there.
    case impossible(sequence: Int64, reason: SafeText)
    /// The row of a lease is not what was written.
    case lease(SafeText)
    /// SQLite finds its file out of order.
    case file(SafeText)
    /// The lease table gives out fences that were used already.
    case fence(place: SafeText, table: Int64?, used: Int64)
    /// A rule of the tables, which keeps other programs from changing entries, is gone or another.
    case rule(SafeText)

    package var description: String {
        switch self {
        case .unremembered(let count): "\(count) entries follow the last that the store remembers: they were added by hand"
        case .head(let kept):
            "the ledger does not hold the entry \(kept.sequence) with hash \(kept.hash.short(12)) that was kept elsewhere"
        case .rewritten(let sequence):
            "the saved projection at entry \(sequence) is not what the entries say: it was rewritten together with its digest"
        case .impossible(let sequence, let reason): "entry \(sequence) cannot have happened where it stands: \(reason)"
        case .lease(let place): "the lease of \(place) is not what was written"
        case .file(let words): "the file is out of order: \(words)"
        case .snapshot(let sequence): "the saved projection at entry \(sequence) is not what was saved"
        case .fence(let place, let table, let used):
            "the lease of \(place) stands at fence \(table.map(String.init) ?? "none"), and \(used) was used already"
        case .rule(let name): "the rule or table \(name) is gone or was changed"
        }
    }

    /// What it means for whoever relies on the ledger.
    package var consequence: LedgerConsequence {
        let backup: SafeText = "keep the file, and put a backup in its place for which baton ledger verify holds"
        let stopped: SafeText = "stop the agent, and put a backup in its place for which baton ledger verify holds"
        switch self {
        case .unremembered:
            return .init(distrusted: "those entries", agent: "the agent refuses to start", remedy: backup)
        case .head(let kept):
            return .init(
                distrusted: "every entry: the ledger was cut before entry \(kept.sequence), or written anew from an earlier one",
                agent: "the agent starts: it knows of no other end than the one in the file", remedy: stopped)
        case .snapshot:
            return .init(
                distrusted: "nothing that the chain says",
                agent: "the agent passes it over and folds from an older one, or from the first entry: it starts slower",
                remedy: "start the agent: it saves a new one")
        case .rewritten(let sequence):
            return .init(
                distrusted: """
                    every state that an agent showed or decided by since it started from it: evidence, vetoes, approvals, \
                    overrides and what runs where, as of entry \(sequence)
                    """,
                agent: "the agent believes it",
                remedy: "stop the agent, run baton ledger rebuild, start it: it folds the entries from the first one")
        case .impossible(let sequence, _):
            return .init(
                distrusted: "entry \(sequence) and what follows: another program wrote it, or another version of baton",
                agent: "the agent refuses to start where this is newer than its saved projection", remedy: stopped)
        case .fence(let place, _, let used):
            return .init(
                distrusted: "that at most one agent changes \(place): fences up to \(used) could be given out twice",
                agent: "targets, switches and registries refuse its changes until the fence has grown past \(used)",
                remedy: stopped)
        case .lease(let place):
            return .init(
                distrusted: "who holds \(place), and until when",
                agent: "the agent changes nothing in \(place): it refuses the lease",
                remedy: stopped)
        case .rule:
            return .init(
                distrusted: "that no other program has changed entries since; the chain itself tells whether one did",
                agent: "the agent works on, and SQLite no longer stops others", remedy: backup)
        case .file:
            return .init(
                distrusted: "lists by service or promotion, such as history; the chain itself tells whether an entry was changed",
                agent: "the agent works on until it reads that part of the file", remedy: stopped)
        }
    }
}
