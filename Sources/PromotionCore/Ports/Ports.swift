/// Why a port could not make something true.
package struct Fault: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// What asking again would change.
    package enum Kind: String, Hashable, Sendable, Codable {
        /// It said no; asking again changes nothing.
        case refused
        /// It broke before anything changed; asking again may help.
        case broke
        /// The request may or may not have been carried out: only an observation tells.
        case unknown
    }

    package let kind: Kind
    package let reason: SafeText

    package init(_ kind: Kind, _ reason: SafeText) {
        self.kind = kind
        self.reason = reason
    }

    package var description: String { reason.text }
}

/// The number of a lease; it only grows, and a port refuses a mutation that carries an older one.
package struct Fence: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    package let number: Int64

    package init(_ number: Int64) { self.number = number }

    package static func < (left: Fence, right: Fence) -> Bool { left.number < right.number }
    package var description: String { "\(number)" }

    package init(from decoder: any Decoder) throws { number = try decoder.singleValueContainer().decode(Int64.self) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}

/// Reads and retags images. Every byte that is returned or moved has been checked against its digest.
package protocol Registry: Sendable {
    /// What a tag names now; nil where the tag does not exist.
    func resolve(_ tag: Tag, in repository: RepositoryName) async throws(Fault) -> Digest?
    /// The names of all tags of a repository, listed afresh. What they name is not asked: each comes with what `resolve` last
    /// said of it. The list is for looking at; a tag that something is decided about is resolved anew.
    func tags(in repository: RepositoryName) async throws(Fault) -> ListedTags
    /// The image of a digest, with the tag that says most about it as far as `resolve` has said; `nil` if it does not exist.
    /// - Throws: `Fault.refused` where its bytes do not match their digest or make no image.
    func release(_ digest: Digest, in repository: RepositoryName) async throws(Fault) -> Release?
    /// What the registry holds of an image, whatever tags name it.
    /// - Throws: `Fault` if that could not be read: no answer, no right, or an answer that is of no use. It proves nothing of
    ///   the image.
    func holding(of digest: Digest, in repository: RepositoryName) async throws(Fault) -> ImageHolding
    /// The configuration of an image for one platform, its blobs checked.
    /// - Throws: `Fault.refused` where the image does not exist, does not offer the platform, or its bytes do not match.
    func configuration(
        of digest: Digest, for platform: Platform, in repository: RepositoryName
    )
        async throws(Fault) -> ImageConfiguration
    /// Makes a tag name a digest and reads it back.
    /// - Parameter expected: what the tag must name before; nil for "must not exist".
    func move(
        _ tag: Tag, in repository: RepositoryName, from expected: Digest?, to digest: Digest, under fence: Fence
    )
        async throws(Fault) -> PointerMove
}

extension Registry {
    /// Answers by `release` alone: whether a refusal is of the image or of the reading, it cannot tell, and so proves nothing.
    package func holding(of digest: Digest, in repository: RepositoryName) async throws(Fault) -> ImageHolding {
        try await release(digest, in: repository).map { .whole($0.digests) } ?? .absent
    }
}

/// What a registry holds of an image.
package enum ImageHolding: Hashable, Sendable {
    /// Every document down to the configurations was read, and is what its digest says.
    case whole(DigestSet)
    /// The registry says that there is no such image.
    case absent
    /// Bytes are not what their digest says, are no image, or are missing below the top.
    case damaged(SafeText)
}

/// What became of a wanted pointer.
package enum PointerMove: Hashable, Sendable, Codable {
    /// It names the wanted digest, read back.
    case moved
    /// It names something that nobody here put there; nothing was changed.
    case conflict(observed: Digest?)
    /// It was put, and names something else by now: somebody else put it at the same time.
    case lost(observed: Digest?)
}

/// Runs images in the slots of one environment of one service.
package protocol Target: Sendable {
    /// What runs in a slot.
    func observe(_ slot: SlotName) async throws(Fault) -> SlotObservation
    /// Refuses from now on whatever carries an older fence, also what was sent before: what is then seen stays so.
    func bar(before fence: Fence) async throws(Fault)
    /// Makes a slot run exactly this image and returns what it then saw running.
    func run(_ image: PinnedImage, in slot: SlotName, under fence: Fence) async throws(Fault) -> SlotObservation
    /// Makes a slot empty.
    func stop(_ slot: SlotName, under fence: Fence) async throws(Fault)
}

/// Moves traffic between the slots of one environment of one service.
package protocol TrafficSwitch: Sendable {
    /// Where traffic goes now, as the switch itself says.
    func routing() async throws(Fault) -> Routing
    /// Refuses from now on whatever carries an older fence, also what was sent before: what is then read stays so.
    func bar(before fence: Fence) async throws(Fault)
    /// Makes traffic go to the slots by these weights, all at once, and returns what the switch then said.
    func route(_ wanted: Routing, under fence: Fence) async throws(Fault) -> Routing
}

extension TrafficSwitch {
    /// Makes all traffic go to one slot and returns what the switch then said.
    package func route(to slot: SlotName, under fence: Fence) async throws(Fault) -> Routing {
        try await route(Routing(all: slot), under: fence)
    }
}

/// The address at which users reach an environment, asked as one of them would ask.
package protocol Front: Sendable {
    /// Returns the digest that a request to the address is answered with.
    /// - Throws: `Fault` if no answer came, or one that names no digest.
    func answer() async throws(Fault) -> Digest
}

/// Takes one sample of a check on a slot; it reports and never judges.
package protocol Probe: Sendable {
    /// - Parameter address: where the slot answers, from its observation.
    func sample(_ check: CheckSpecification, at address: Endpoint, expecting image: DigestSet) async -> Sample
}

/// Where a slot answers HTTP: `http://127.0.0.1:18081`.
package struct Endpoint: Hashable, Sendable, Codable, CustomStringConvertible {
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package var description: String { host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)" }
}
