internal import GRDB
package import PromotionCore

/// What proving a ledger's whole chain came to.
package struct LedgerProof: Hashable, Sendable {
    /// Entries that the ledger holds.
    package fileprivate(set) var entries: Int64 = 0
    /// The end of the chain, as the store remembers it.
    package let head: LedgerHead
    /// Entries past that end; something other than Baton put them there.
    package fileprivate(set) var unremembered: Int64 = 0
    /// Where the chain does not hold, in order; the first `faultLimit` places.
    package fileprivate(set) var faults: [ChainFault] = []
    /// All places where it does not hold.
    package fileprivate(set) var faultCount: Int64 = 0

    /// Most faults that are named.
    package static let faultLimit = 20

    /// Whether every entry is in its place as it was written.
    package var holds: Bool { faultCount == 0 && unremembered == 0 }

    fileprivate init(head: LedgerHead) { self.head = head }

    /// Says in place of broken links that two entries were swapped.
    fileprivate mutating func tell(_ swap: ChainFault, insteadOf broken: [ChainFault]) {
        let count = faults.count
        faults.removeAll(where: broken.contains)
        faultCount -= Int64(count - faults.count) - 1
        faults.append(swap)
        faults.sort { $0.sequence < $1.sequence }
    }

    fileprivate mutating func add(_ fault: ChainFault) {
        faultCount += 1
        if faults.count < Self.faultLimit { faults.append(fault) }
    }
}

extension LedgerReader {
    /// Proves every entry against the one before it and the last one against the remembered head, in constant memory.
    ///
    /// After a fault the proof goes on from what the ledger holds, so that each place is named once. It finds whatever was
    /// changed, left out or added by someone who cannot also rewrite every later entry and the remembered head.
    /// - Throws: `Fault.refused` where the file itself is damaged.
    package func verify() async throws(Fault) -> LedgerProof {
        let directory = directory
        return try await read { db in
            var walk = ChainWalk(head: try Self.head(db, at: directory))
            let rows = try Row.fetchCursor(db, sql: "SELECT \(LedgerRow.columns) FROM entry ORDER BY sequence")
            while let row = try rows.next() { walk.step(row) }
            return try walk.finish().namingSwaps(in: db)
        }
    }
}

extension LedgerProof {
    /// The proof, with entries that stand in each other's place named as such: broken links alone would not say so.
    fileprivate func namingSwaps(in db: Database) throws -> LedgerProof {
        var proof = self
        let suspects = try faults.compactMap { fault -> LedgerEntry? in
            guard case .broken(let sequence) = fault else { return nil }
            return try LedgerRow.entry(at: sequence, in: db)
        }
        for (index, first) in suspects.enumerated() {
            for second in suspects.dropFirst(index + 1)
            where first.isWhole(as: second.sequence) && second.isWhole(as: first.sequence) {
                let (low, high) = (first.sequence, second.sequence)
                var broken: [ChainFault] = [.broken(sequence: low), .broken(sequence: high)]
                // The links behind them break for no other reason.
                for (behind, was) in [(low + 1, second), (high + 1, first)] {
                    let next = try LedgerRow.entry(at: behind, in: db)
                    if next?.previous == was.hash || next == nil { broken.append(.broken(sequence: behind)) }
                }
                if first.hash == head.hash { broken.append(.altered(sequence: high)) }
                proof.tell(.swapped(low, high), insteadOf: broken)
            }
        }
        return proof
    }
}

extension ChainFault {
    /// The first entry that it is about.
    var sequence: Int64 {
        switch self {
        case .missing(let sequence, _), .altered(let sequence), .broken(let sequence), .swapped(let sequence, _): sequence
        case .cut(let last, _): last
        }
    }

    /// The entries that stand on both sides of it.
    var surroundings: [Int64] {
        switch self {
        case .missing(let from, let found): [from - 1, found]
        case .altered(let sequence): [sequence]
        case .broken(let sequence): [sequence - 1, sequence]
        case .swapped(let first, let second): [first, second]
        case .cut(let last, _): [last]
        }
    }
}

/// The proof on its way through the chain.
private struct ChainWalk {
    private var proof: LedgerProof
    private var last: Int64 = 0
    /// What the next entry must name; nil after an entry whose hash cannot be read.
    private var hash: Digest? = LedgerHead.empty.hash

    init(head: LedgerHead) { proof = LedgerProof(head: head) }

    mutating func step(_ row: Row) {
        let sequence = LedgerRow.sequence(row) ?? last + 1
        proof.entries += 1
        if sequence > proof.head.sequence { proof.unremembered += 1 }
        if let entry = LedgerRow.entry(row) { prove(entry) } else { proof.add(.altered(sequence: sequence)) }
        last = sequence
        hash = LedgerRow.hash(row)
    }

    private mutating func prove(_ entry: LedgerEntry) {
        do {
            try entry.prove(after: LedgerHead(sequence: last, hash: hash ?? entry.previous))
        } catch {
            proof.add(error)
            // A gap says nothing about the entry behind it.
            guard case .missing = error, !entry.isWhole(as: entry.sequence) else { return }
            proof.add(.altered(sequence: entry.sequence))
        }
    }

    mutating func finish() -> LedgerProof {
        if last < proof.head.sequence { proof.add(.cut(last: last, remembered: proof.head.sequence)) }
        if last == proof.head.sequence, let hash, hash != proof.head.hash { proof.add(.altered(sequence: last)) }
        return proof
    }
}
