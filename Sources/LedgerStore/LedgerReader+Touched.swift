internal import GRDB
package import PromotionCore

extension LedgerReader {
    /// Entries before and after a fault among which promotions are looked for that were under way there.
    private static let reach: Int64 = 500
    /// Most promotions that are named.
    private static let namedLimit = 5

    /// What rests on the entries around a fault, one sentence each: what they recorded, and the promotions under way there.
    package func touched(by fault: ChainFault) async throws(Fault) -> [SafeText] {
        let (recorded, numbers) = try await read { db in
            (try Self.recorded(fault, db), try Self.underWay(at: fault, db))
        }
        var sentences: [SafeText] = []
        for number in numbers {
            if let sentence = await sentence(of: number, fault) { sentences.append(sentence) }
        }
        let more = sentences.count - Self.namedLimit
        return recorded + sentences.prefix(Self.namedLimit) + (more > 0 ? ["and \(more) more promotions"] : [])
    }

    /// What the entry itself says, where it is there to say it.
    private static func recorded(_ fault: ChainFault, _ db: Database) throws -> [SafeText] {
        let numbers: [Int64] =
            switch fault {
            case .altered, .swapped, .broken: fault.surroundings
            case .missing, .cut: []
            }
        return try numbers.compactMap { number in
            let sql = "SELECT kind, service, environment FROM entry WHERE sequence = ?"
            guard let row = try Row.fetchOne(db, sql: sql, arguments: [number]) else { return nil }
            let words = (0..<3).compactMap { String.fromDatabaseValue(row[$0]) }.joined(separator: " ")
            return SafeText("entry \(number) is \(words)", limit: 200)
        }
    }

    /// Promotions with entries on both sides; behind a cut there is no other side.
    private static func underWay(at fault: ChainFault, _ db: Database) throws -> [PromotionNumber] {
        let places = fault.surroundings
        guard let first = places.first, let last = places.last else { return [] }
        let near = "SELECT promotion FROM entry WHERE promotion IS NOT NULL AND sequence BETWEEN ? AND ?"
        let isCut = if case .cut = fault { true } else { false }
        let numbers = try Int64.fetchAll(
            db, sql: isCut ? "\(near) GROUP BY promotion ORDER BY promotion" : "\(near) INTERSECT \(near) ORDER BY promotion",
            arguments: isCut ? [first - reach, first] : [first - reach, last, first, last + reach])
        return numbers.map(PromotionNumber.init)
    }

    /// The promotion in words; nil where the entry that began it cannot be read, and behind a cut where it had ended.
    private func sentence(of number: PromotionNumber, _ fault: ChainFault) async -> SafeText? {
        guard let entries = try? await entries(of: number, after: 0, limit: 1_000),
            let first = entries.first, case .started(let start)? = try? first.fact()
        else { return "promotion \(number): how it began cannot be read" }
        let release = start.plan.release
        let name: SafeText = "\(release.tag.map { "\($0) " } ?? "")\(release.digest.short())"
        if case .cut = fault {
            guard !hasEnded(number, start, entries) else { return nil }
            return "promotion \(number) of \(name) to \(start.plan.place) had not ended: what came of it is gone"
        }
        return
            "promotion \(number) of \(name) to \(start.plan.place), and the evidence for \(release.digest.short()) that came of it"
    }

    private func hasEnded(_ number: PromotionNumber, _ start: Fact.Start, _ entries: [LedgerEntry]) -> Bool {
        guard let first = entries.first else { return false }
        var promotion = Promotion(number: number, start: start, by: first.draft.actor, at: first.draft.at)
        for entry in entries.dropFirst() {
            if case .happened(let event)? = try? entry.fact() { try? promotion.apply(event, at: entry.draft.at) }
        }
        return promotion.hasEnded
    }
}
