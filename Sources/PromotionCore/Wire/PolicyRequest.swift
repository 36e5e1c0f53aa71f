/// What people may decide by hand about what is promoted.
package enum PolicyRequest: Hashable, Sendable, Codable {
    /// Consents to the plan of a promotion, and to no other.
    case approve(PromotionNumber, planHash: Digest)
    case reject(PromotionNumber, reason: SafeText)
    /// Bars a release from an environment.
    case veto(Place, digest: Digest, reason: SafeText)
    /// Keeps an environment on an image; nil for the one that serves.
    case pin(Place, digest: Digest?, reason: SafeText)
    case unpin(Place, reason: SafeText)
    case freeze(FreezeScope, until: Timestamp, reason: SafeText)
    case unfreeze(FreezeScope, reason: SafeText)
    /// Opens one gate for one release.
    case override(Place, OverrideRequest)
    /// Says that the debt of an override is settled.
    case closeOverride(Int64, reason: SafeText)

    /// The least role that may ask this. Whoever approves must besides be one that the plan names.
    package var leastRole: Role {
        switch self {
        case .approve, .reject, .veto, .pin, .freeze: .operator
        case .unpin, .unfreeze, .override, .closeOverride: .approver
        }
    }

    /// The environment that it is about; nil where a number or a scope says it.
    package var place: Place? {
        switch self {
        case .veto(let place, _, _), .pin(let place, _, _), .unpin(let place, _), .override(let place, _): place
        case .approve, .reject, .freeze, .unfreeze, .closeOverride: nil
        }
    }

    /// The request in a word or two.
    package var name: SafeText {
        switch self {
        case .approve(let number, _): "approve \(number)"
        case .reject(let number, _): "reject \(number)"
        case .veto: "veto"
        case .pin: "pin"
        case .unpin: "unpin"
        case .freeze(let scope, _, _): "freeze \(scope)"
        case .unfreeze(let scope, _): "unfreeze \(scope)"
        case .override(_, let request): "override \(request.gate.rawValue)"
        case .closeOverride(let number, _): "close override \(number)"
        }
    }
}
