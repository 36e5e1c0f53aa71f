/// Marks names of joint sets.
package enum JointKind {}
/// The name of a joint set.
package typealias JointName = Name<JointKind>

/// Services that are promoted as one, as the configuration names them.
package struct JointSet: Hashable, Sendable, Codable {
    package let name: JointName
    /// In the order in which they switch; they are undone in the reverse order.
    package let services: [ServiceName]

    package init(name: JointName, services: [ServiceName]) {
        self.name = name
        self.services = services
    }

    /// Fewest services that make a set.
    package static let fewest = 2
    /// Most services of one set.
    package static let most = 20
}

/// The number of a joint release, counted from 1 over the whole ledger.
package struct JointNumber: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    package let number: Int64

    package init(_ number: Int64) { self.number = number }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
    package var description: String { "\(number)" }

    package init(from decoder: any Decoder) throws { number = try decoder.singleValueContainer().decode(Int64.self) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}
