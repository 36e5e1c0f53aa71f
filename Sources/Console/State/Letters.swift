internal import PromotionCore

/// The letters by which a console session tells images apart: A stays A as long as the session lasts.
///
/// A letter is dealt to a digest when it is first seen, and never to another one, also when the first is long gone: an eye that
/// has learnt that A is the good release must never find another image under it. After Z comes AA.
package struct Letters: Sendable {
    private var dealt: [ServiceName: [Digest: String]] = [:]

    /// Images of one service that get a letter: all of one and two letters. The rest shows none.
    private static let limit = 26 + 26 * 26

    /// Deals to what a board shows of a service and has none yet: what is in slots first, then what the registry offers.
    mutating func deal(_ name: ServiceName, on board: Board) {
        guard let service = board.service(name) else { return }
        let ledger = board.projection.services[name]
        var letters = dealt[name] ?? [:]
        let before = letters.count
        func give(_ digest: Digest) {
            guard letters[digest] == nil, letters.count < Self.limit else { return }
            letters[digest] = Self.letter(letters.count)
        }
        for environment in service.path {
            for slot in environment.slots {
                if let release = ledger?.environments[environment.name]?.slots[slot]?.release { give(release.digest) }
            }
        }
        for release in board.candidates[name] ?? [] { give(release.digest) }
        if letters.count != before { dealt[name] = letters }
    }

    /// The letters of a service's images.
    func of(_ name: ServiceName) -> [Digest: String] { dealt[name] ?? [:] }

    /// A to Z, then AA to ZZ.
    private static func letter(_ number: Int) -> String {
        let one = { (place: Int) in String(UnicodeScalar(UInt8(ascii: "A") + UInt8(place))) }
        return number < 26 ? one(number) : one(number / 26 - 1) + one(number % 26)
    }
}
