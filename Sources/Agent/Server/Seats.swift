package import PromotionCore

/// Who is connected, as numbers: decides who may come in, so that no account keeps the others out.
package struct Seats: Sendable {
    /// Whose a connection is.
    package struct Holder: Hashable, Sendable {
        package let userID: UInt32
        package let name: SafeText
        /// Whether it may use what is kept for people who act.
        package let isReserved: Bool

        package init(userID: UInt32, name: SafeText, isReserved: Bool) {
            self.userID = userID
            self.name = name
            self.isReserved = isReserved
        }
    }

    private let limits: AgentServer.Limits
    private var unknown = 0
    private var counts: [Holder: Int] = [:]

    package init(_ limits: AgentServer.Limits) { self.limits = limits }

    /// Lets in a connection whose account is not known yet.
    /// - Returns: why it may not come in; `nil` if it may.
    package mutating func enter() -> SafeText? {
        guard unknown < limits.unknown else { return "\(limits.unknown) clients are connecting at this moment; try again" }
        unknown += 1
        return nil
    }

    /// Ends a connection that never got a seat.
    package mutating func leave() { unknown -= 1 }

    /// Gives a connection that has entered its seat; without one it still has to leave.
    /// - Returns: why there is none; `nil` if there is.
    package mutating func take(_ holder: Holder) -> SafeText? {
        let own = counts.reduce(0) { $0 + ($1.key.userID == holder.userID ? $1.value : 0) }
        guard holder.isReserved || own < limits.connectionsOfViewer else {
            return "\(holder.name) has \(own) connections already; close one and try again"
        }
        let all = counts.values.reduce(0, +)
        let limit = holder.isReserved ? limits.connections : max(1, limits.connections - limits.reserve)
        guard all < limit else {
            let most = counts.sorted { ($1.value, $0.key.name.text) < ($0.value, $1.key.name.text) }.prefix(3)
            let words = most.map { "\($0.key.name) \($0.value)" }.joined(separator: ", ")
            return "\(all) clients are connected already (\(words)); close one and try again"
        }
        unknown -= 1
        counts[holder, default: 0] += 1
        return nil
    }

    /// Ends a connection that had a seat.
    package mutating func leave(_ holder: Holder) {
        guard let count = counts[holder] else { return }
        counts[holder] = count > 1 ? count - 1 : nil
    }
}
