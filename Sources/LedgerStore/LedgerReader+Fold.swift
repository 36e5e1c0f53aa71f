internal import GRDB
internal import PromotionCore

extension LedgerReader {
    /// Folds the entries anew and compares every saved projection with what they say.
    ///
    /// It ends where the chain does: what follows a fault proves nothing.
    func foldedFindings() async throws(Fault) -> [LedgerFinding] {
        var waiting = try await read { db in
            let rows = try Row.fetchAll(
                db, sql: "\(SnapshotRow.select) WHERE format = ? ORDER BY sequence, id", arguments: [Projection.format])
            return try rows.compactMap { try SnapshotRow($0)?.proven(in: db) }
        }
        guard !waiting.isEmpty else { return [] }
        var projection = Projection()
        var findings: [LedgerFinding] = []
        while let snapshot = waiting.first {
            do {
                guard try await advance(&projection, to: snapshot.sequence) else { return findings }
            } catch let fault as Fault {
                throw fault
            } catch {
                let reason = SafeText("\(error)", limit: 200)
                return findings + [.impossible(sequence: projection.head.sequence + 1, reason: reason)]
            }
            if (try? await SavedProjection(snapshot))?.projection != projection {
                findings.append(.rewritten(sequence: snapshot.sequence))
            }
            waiting.removeFirst()
        }
        return findings
    }

    /// Folds up to an entry.
    /// - Returns: false where the chain does not reach it.
    private func advance(_ projection: inout Projection, to sequence: Int64) async throws -> Bool {
        while projection.head.sequence < sequence {
            let page = try await entries(
                after: projection.head.sequence, limit: Int(min(1_000, sequence - projection.head.sequence)))
            guard !page.isEmpty else { return false }
            for entry in page {
                do { try projection.apply(entry) } catch is ChainFault { return false }
            }
        }
        return true
    }
}
