/// A short name that people write in the configuration: `[a-z0-9][a-z0-9-]*`, at most 63 characters.
///
/// `Kind` keeps a service's name from being taken for an environment's.
package struct Name<Kind>: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String

    /// Parses a name.
    /// - Throws: `NameError` that says what a name may hold.
    package init(_ text: some StringProtocol) throws(NameError) {
        let bytes = text.utf8
        guard (1...63).contains(bytes.count), bytes.first != UInt8(ascii: "-"), bytes.allSatisfy(Self.isAllowed) else {
            throw NameError(text: SafeText(text, limit: 80))
        }
        self.text = String(text)
    }

    package var description: String { text }

    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
    }
}

/// A text that is not a name.
package struct NameError: Error, Equatable, CustomStringConvertible {
    package let text: SafeText

    package var description: String {
        "\"\(text)\" is not a name: use 1 to 63 of a-z, 0-9 and \"-\", not beginning with \"-\""
    }
}

/// Marks names of services.
package enum ServiceKind {}
/// Marks names of environments.
package enum EnvironmentKind {}
/// Marks names of slots.
package enum SlotKind {}
/// Marks names of checks.
package enum CheckKind {}

/// The name of a service.
package typealias ServiceName = Name<ServiceKind>
/// The name of an environment.
package typealias EnvironmentName = Name<EnvironmentKind>
/// The name of a slot.
package typealias SlotName = Name<SlotKind>
/// The name of a check.
package typealias CheckName = Name<CheckKind>

extension Name: Codable, CodingKeyRepresentable {
    package init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package var codingKey: any CodingKey { TextKey(text) }

    package init?(codingKey: some CodingKey) {
        guard let name = try? Name(codingKey.stringValue) else { return nil }
        self = name
    }
}

extension Name where Kind == SlotKind {
    /// The slot of an environment that has only one.
    package static var only: SlotName { literal("main") }
}

extension Name {
    /// A name written in this package's own source.
    /// - Precondition: the text is a name.
    package static func literal(_ text: StaticString) -> Self {
        do { return try Self(text.description) } catch { preconditionFailure(error.description) }
    }
}

/// One environment of one service: what a lease covers and what a promotion changes.
package struct Place: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    package let service: ServiceName
    package let environment: EnvironmentName

    package init(_ service: ServiceName, _ environment: EnvironmentName) {
        self.service = service
        self.environment = environment
    }

    package var description: String { "\(service) \(environment)" }

    package static func < (left: Place, right: Place) -> Bool {
        (left.service, left.environment) < (right.service, right.environment)
    }
}
