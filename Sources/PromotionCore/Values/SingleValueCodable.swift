/// A type whose values are stored as one text or one number, and are checked when they are read again.
package protocol SingleValueCodable: Codable {
    associatedtype SingleValue: Codable

    /// The text or number that is stored.
    var singleValue: SingleValue { get }

    /// Reads what was stored.
    init(singleValue: SingleValue) throws
}

extension SingleValueCodable {
    package init(from decoder: any Decoder) throws {
        try self.init(singleValue: decoder.singleValueContainer().decode(SingleValue.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(singleValue)
    }
}
