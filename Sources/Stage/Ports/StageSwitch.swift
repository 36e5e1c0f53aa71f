package import PromotionCore

/// Moves the traffic of one place of the stage at the stage's router.
package struct StageSwitch: TrafficSwitch {
    let place: StagePlace

    /// Where traffic goes, as the router says; nothing anywhere before the first change.
    package func routing() async throws(Fault) -> Routing { try await place.routing() }

    /// Refuses from now on whatever carries an older fence, after what is under way has come to its end.
    package func bar(before fence: Fence) async throws(Fault) { try await place.bar(before: fence) }

    /// Makes traffic go to the slots by their weights.
    /// - Throws: `Fault.refused` for an older fence or an empty slot; `Fault.unknown` where the router or the routed request
    ///   gave no answer that confirms it.
    package func route(_ wanted: Routing, under fence: Fence) async throws(Fault) -> Routing {
        try await place.change(under: fence) { () async throws(Fault) -> Routing in
            try await place.route(wanted, under: fence)
        }
    }
}
