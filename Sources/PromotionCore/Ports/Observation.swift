/// What one look at a slot saw.
package struct SlotObservation: Hashable, Sendable, Codable {
    /// Nothing known is never shown as healthy.
    package enum Health: Hashable, Sendable, Codable {
        case empty
        case starting
        case healthy
        case unhealthy(SafeText)
        case unknown(SafeText)
    }

    package let at: Timestamp
    package let health: Health
    /// What each instance says it runs; nil for one that does not say.
    package let instances: [Digest?]
    package let endpoint: Endpoint?

    package init(at: Timestamp, health: Health, instances: [Digest?], endpoint: Endpoint?) {
        self.at = at
        self.health = health
        self.instances = instances
        self.endpoint = endpoint
    }

    /// Whether every instance runs a member of this image, and there is at least one.
    package func runs(_ image: DigestSet) -> Bool {
        !instances.isEmpty && instances.allSatisfy { digest in digest.map(image.contains) ?? false }
    }

    /// What is in a slot.
    package enum Content: Hashable, Sendable {
        /// Nothing runs there, says the target.
        case nothing
        /// All instances run it.
        case image(Digest)
        /// Something runs, or is to run, and which image it is is not known.
        case unclear(SafeText)
    }

    /// What is in the slot. Only a target that says so makes it empty.
    package var content: Content {
        if let digest { return .image(digest) }
        switch health {
        case .empty where instances.isEmpty: return .nothing
        case .unhealthy(let reason), .unknown(let reason): return .unclear(reason)
        case .empty, .starting, .healthy:
            return .unclear(
                instances.contains(nil) ? "an instance does not say what it runs" : "its instances run different images")
        }
    }

    /// The one digest that all instances say they run.
    package var digest: Digest? {
        guard let first = instances.first, let first, instances.allSatisfy({ $0 == first }) else { return nil }
        return first
    }
}

/// Where traffic goes: weights per hundred by slot.
package struct Routing: Hashable, Sendable, Codable {
    package let weights: [SlotName: Int]

    package init(weights: [SlotName: Int]) { self.weights = weights }

    /// All traffic to one slot.
    package init(all slot: SlotName) { weights = [slot: 100] }

    /// Part of the traffic, of a hundred, to one slot and the rest to another.
    package init(_ weight: Int, to slot: SlotName, rest other: SlotName) { weights = [slot: weight, other: 100 - weight] }

    /// Whether both send the same share to every slot; a slot that is not named takes none.
    package func agrees(with other: Routing) -> Bool {
        weights.filter { $0.value > 0 } == other.weights.filter { $0.value > 0 }
    }

    /// The shares as people read them: "blue 75 %, green 25 %".
    package var words: SafeText {
        let shares = weights.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value) %" }
        return shares.isEmpty ? "nowhere" : SafeText(shares.joined(separator: ", "), limit: 200)
    }

    /// The slot that takes all traffic; nil where it is mixed or goes nowhere.
    package var live: SlotName? {
        let taking = weights.filter { $0.value > 0 }
        return taking.count == 1 ? taking.first?.key : nil
    }
}

/// What one round of looking at an environment saw: slots, traffic, pointer tags, and what its users are answered by.
///
/// Each part is a reading of its own: where one look fails, the others still say what they saw.
package struct EnvironmentObservation: Hashable, Sendable, Codable {
    package let at: Timestamp
    package let slots: [SlotName: Reading<SlotObservation>]
    /// The digest that the address of the users answered with; `nil` if the environment has no address that could be asked.
    package let front: Reading<Digest>?
    package let routing: Reading<Routing>
    /// What each pointer tag names; a tag that does not exist is absent.
    package let pointers: Reading<[Tag: Digest]>

    package init(
        at: Timestamp, slots: [SlotName: Reading<SlotObservation>], routing: Reading<Routing>,
        pointers: Reading<[Tag: Digest]>, front: Reading<Digest>? = nil
    ) {
        self.front = front
        self.at = at
        self.slots = slots
        self.routing = routing
        self.pointers = pointers
    }

    /// What was seen of a slot; one that was not looked at is unknown.
    package func slot(_ name: SlotName) -> Reading<SlotObservation> {
        slots[name] ?? .unknown("not looked at", since: at)
    }

    /// The slot that takes all traffic: as the switch says, or as the ledger says if the switch is unknown or the traffic mixed.
    package func live(else ledger: SlotName?) -> SlotName? {
        switch routing {
        case .known(let routing, _): routing.live ?? ledger
        case .unknown: ledger
        }
    }

    /// Why not all of slots and traffic is known; `nil` if it is.
    package var gap: SafeText? {
        if case .unknown(let cause, _) = routing { return "the switch: \(cause)" }
        for (slot, look) in slots.sorted(by: { $0.key < $1.key }) {
            if case .unknown(let cause, _) = look { return "\(slot): \(cause)" }
        }
        return slots.isEmpty ? "no slot was looked at" : nil
    }

    /// Whether two rounds saw the same, whenever they looked.
    package func saw(sameAs other: EnvironmentObservation) -> Bool {
        routing.says(sameAs: other.routing) && pointers.says(sameAs: other.pointers)
            && front.says(sameAs: other.front) && slots.keys == other.slots.keys
            && slots.allSatisfy { slot, look in
                other.slots[slot].map { look.map(\.withoutTime).says(sameAs: $0.map(\.withoutTime)) } ?? false
            }
    }

    /// The round, told as the next after another: what was unknown before has been so since then.
    package func after(_ earlier: EnvironmentObservation?) -> EnvironmentObservation {
        guard let earlier else { return self }
        return EnvironmentObservation(
            at: at, slots: Dictionary(uniqueKeysWithValues: slots.map { ($0.key, $0.value.after(earlier.slots[$0.key])) }),
            routing: routing.after(earlier.routing), pointers: pointers.after(earlier.pointers),
            front: front?.after(earlier.front))
    }
}

extension Reading<Digest>? {
    fileprivate func says(sameAs other: Reading<Digest>?) -> Bool {
        guard let self, let other else { return self == nil && other == nil }
        return self.says(sameAs: other)
    }
}

extension SlotObservation {
    fileprivate var withoutTime: SlotObservation {
        SlotObservation(
            at: Timestamp(millisecondsSinceEpoch: 0), health: health, instances: instances, endpoint: endpoint)
    }
}
