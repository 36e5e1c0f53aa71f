internal import PromotionCore

/// The words that weakening a guard or destroying costs: what is named or counted, and why.
package struct GuardWords: Hashable, Sendable {
    /// What has to be typed first: an environment's name, or a count.
    package let wanted: String
    package internal(set) var named = ""
    package internal(set) var reason = ""
    package internal(set) var isOnReason = false

    init(_ wanted: String) { self.wanted = wanted }

    /// Longest name of an environment.
    private static let nameLimit = 63

    mutating func append(_ character: Character) {
        if isOnReason {
            if reason.count < Reason.most { reason.append(character) }
        } else if named.count < Self.nameLimit {
            named.append(character)
        }
    }

    mutating func removeLast() {
        if isOnReason { _ = reason.popLast() } else { _ = named.popLast() }
    }
}
