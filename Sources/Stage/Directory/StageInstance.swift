internal import Platform
internal import PromotionCore

/// The name of one start of one slot process; never used twice.
struct InstanceToken: Hashable, Sendable, CustomStringConvertible {
    let text: String

    /// A new token.
    init() {
        let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
        text = String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// A token as a file name spells it: 16 hexadecimal digits.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count == 16, text.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }) else { return nil }
        self.text = String(text)
    }

    var description: String { text }
}

extension InstanceToken: Codable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let token = try Self(container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an instance token")
        }
        self = token
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// One slot process: what it was asked to be, and, once it listens, which process it is and where it answers.
///
/// The stage writes the file before it starts the process; the process adds itself. A process whose file is gone ends itself.
struct StageInstance: Hashable, Sendable, Codable {
    let token: InstanceToken
    let place: Place
    let slot: SlotName
    let image: PinnedImage
    let version: SafeText
    let behaviour: SlotBehaviour
    /// Nil until the process runs.
    var process: ProcessIdentity?
    /// Nil until it listens.
    var port: Int?
}

/// What a slot is to run; without an instance it is empty.
struct SlotRecord: Hashable, Sendable, Codable {
    let image: PinnedImage?
    let instance: InstanceToken?

    static let empty = SlotRecord(image: nil, instance: nil)
}

/// The highest fence that a place has seen.
struct FenceRecord: Hashable, Sendable, Codable {
    let fence: Fence
}
