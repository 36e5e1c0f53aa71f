package import PromotionCore

/// How a prepared release behaves, as its image configuration says in `BATON_STAGE_BEHAVIOUR`.
package enum SlotBehaviour: String, Hashable, Sendable, Codable, CaseIterable {
    case good
    /// Its `/health` says no from the beginning.
    case unhealthy
    /// Good until it has answered one request that came through the router; from then on broken.
    case failsAfterSwitch = "fails-after-switch"
    /// Every check of it passes; of the requests that come through the router it answers one of four with an error.
    case failsUnderTraffic = "fails-under-traffic"
    /// Every check of it passes; it is slow to answer what comes through the router.
    case slowUnderTraffic = "slow-under-traffic"
    /// Takes seconds to become ready, and is slow to answer.
    case slow

    /// The variable of the image configuration.
    package static let variable = "BATON_STAGE_BEHAVIOUR"

    /// The behaviour of an image; one that names none, or one that is not known here, is good.
    package init(_ configuration: ImageConfiguration) {
        let value = configuration.environment.last { $0.hasPrefix(Self.variable + "=") }?.dropFirst(Self.variable.count + 1)
        self = value.flatMap { Self(rawValue: String($0)) } ?? .good
    }

    /// After its start.
    package var readyAfter: Milliseconds { self == .slow ? .seconds(8) : .zero }

    /// Before each answer but the one that says what runs.
    package var answersAfter: Milliseconds { self == .slow ? Milliseconds(250) : .zero }
}

/// What a slot process says of itself at `/version`.
package struct SlotVersion: Hashable, Sendable, Codable {
    package let service: ServiceName
    package let environment: EnvironmentName
    package let slot: SlotName
    /// What the process was started from.
    package let digest: Digest
    package let version: SafeText
    package let processNumber: Int32
    package let uptimeInMilliseconds: Int64
    package let isReady: Bool
}
