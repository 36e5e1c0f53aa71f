package import PromotionCore

/// A rollback sheet: the offer as it was when it was chosen, and what is said to it.
package struct RollbackSheet: Hashable, Sendable {
    package let service: ServiceName
    /// The environments of the service, in the order of its path: digits choose among them.
    package let places: [Place]
    /// `nil` as long as no environment is chosen: nothing can be fired then.
    package internal(set) var offer: RollbackOffer?
    /// Whether there is more than one offer to step through.
    package internal(set) var hasOthers: Bool
    package internal(set) var reason = ""
    /// Whether letters go into the reason.
    package internal(set) var isWriting = false

    init(of service: Service, offer: RollbackOffer?) {
        self.service = service.name
        self.offer = offer
        places = service.path.map { Place(service.name, $0.name) }
        hasOthers = true
    }

    /// The reason as the ledger keeps it; `nil` if none was written.
    var words: SafeText? {
        let text = reason.split(separator: " ").joined(separator: " ")
        return text.isEmpty ? nil : SafeText(text, limit: Reason.most)
    }

    /// What the head of the sheet names.
    var title: String {
        guard let offer else { return "ROLL BACK  \(service): which environment?" }
        if case .stop(let number)? = offer.effect { return "STOP PROMOTION \(number)  \(offer.place)" }
        return "ROLL BACK  \(offer.place)"
    }

    /// The same for few columns, the environment in front.
    var shortTitle: String {
        guard let offer else { return "ROLL BACK which of \(service)" }
        if case .stop(let number)? = offer.effect { return "STOP \(number) \(offer.place.environment)  \(service)" }
        return "ROLL BACK \(offer.place.environment)  \(service)"
    }
}

/// A rollback as it was when the key that undoes it was pressed.
package struct UndoTarget: Hashable, Sendable {
    package let place: Place
    package let rollback: EnvironmentProjection.ManualRollback
}
