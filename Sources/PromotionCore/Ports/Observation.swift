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

/// What the address of an environment's users answered at one look.
package enum FrontAnswer: Hashable, Sendable, Codable {
    /// The digest that the answer named.
    case digest(Digest)
    /// Which image answers users is not known, and why.
    case unknown(SafeText)
}

/// What one round of looking at an environment saw: slots, traffic, pointer tags, and what its users are answered by.
package struct EnvironmentObservation: Hashable, Sendable, Codable {
    package let at: Timestamp
    package let slots: [SlotName: SlotObservation]
    /// `nil` if the environment has no address that could be asked.
    package let front: FrontAnswer?
    /// Nil where the switch could not be asked.
    package let routing: Routing?
    /// What each pointer tag names; a tag that does not exist is absent. Nil where the registry could not be asked.
    package let pointers: [Tag: Digest]?

    package init(
        at: Timestamp, slots: [SlotName: SlotObservation], routing: Routing?, pointers: [Tag: Digest]?,
        front: FrontAnswer? = nil
    ) {
        self.front = front
        self.at = at
        self.slots = slots
        self.routing = routing
        self.pointers = pointers
    }

    /// Whether two rounds saw the same, whenever they looked.
    package func saw(sameAs other: EnvironmentObservation) -> Bool {
        routing == other.routing && pointers == other.pointers && front == other.front
            && slots.mapValues(\.withoutTime) == other.slots.mapValues(\.withoutTime)
    }
}

extension SlotObservation {
    fileprivate var withoutTime: SlotObservation {
        SlotObservation(
            at: Timestamp(millisecondsSinceEpoch: 0), health: health, instances: instances, endpoint: endpoint)
    }
}
