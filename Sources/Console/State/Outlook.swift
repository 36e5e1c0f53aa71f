internal import PromotionCore

/// The next step of the service on screen and everything against it, by the same rules as a plan.
///
/// Kept, because it names configurations by their hash: too dear for every key press.
struct Outlook: Sendable {
    let service: ServiceName
    let revision: Int
    let minute: Int64
    let next: NextStep?
    let objections: [Objection]

    /// When an objection may be gone by itself.
    var earliest: Timestamp? { objections.compactMap(\.earliest).min() }
}

extension ConsoleState {
    mutating func refreshOutlook(of name: ServiceName) {
        let minute = now.millisecondsSinceEpoch / 60_000
        if let outlook, outlook.service == name, outlook.revision == revision, outlook.minute == minute,
            outlook.earliest.map({ now < $0 }) ?? true
        {
            return
        }
        guard let board, let service = board.service(name) else {
            outlook = nil
            return
        }
        let next = board.next(of: service)
        let objections = next.map { board.objections(to: $0.release, into: Place(name, $0.to), of: service, at: now) } ?? []
        outlook = Outlook(service: name, revision: revision, minute: minute, next: next, objections: objections)
    }
}
