extension TagPattern {
    /// A text that both patterns match without a suffix; `nil` if there is none.
    ///
    /// Walks both patterns at once, character by character: there are few pairs of places in them, and each is visited once.
    func overlap(with other: TagPattern) -> String? {
        let alphabet = Set((parts + other.parts).flatMap(\.bytes)).sorted()
        var seen: Set<[Place]> = [[Place(), Place()]]
        var waiting: [(left: Place, right: Place, text: [UInt8])] = [(Place(), Place(), [])]
        var next = 0
        while next < waiting.count {
            let (left, right, text) = waiting[next]
            next += 1
            if isEnd(left), other.isEnd(right) { return String(decoding: text, as: UTF8.self) }
            for byte in alphabet {
                for one in steps(from: left, by: byte) {
                    for two in other.steps(from: right, by: byte) where seen.insert([one, two]).inserted {
                        waiting.append((one, two, text + [byte]))
                    }
                }
            }
        }
        return nil
    }

    /// How much of a pattern a text has used up.
    private struct Place: Hashable {
        var part = 0
        /// Characters of a literal, or how far a number is.
        var progress = 0
    }

    private func isEnd(_ place: Place) -> Bool {
        place.part == parts.count - 1 && parts[place.part].isComplete(place.progress)
    }

    private func steps(from place: Place, by byte: UInt8) -> [Place] {
        var places: [Place] = []
        if let progress = parts[place.part].step(place.progress, byte) {
            places.append(Place(part: place.part, progress: progress))
        }
        if parts[place.part].isComplete(place.progress), place.part + 1 < parts.count,
            let progress = parts[place.part + 1].step(0, byte)
        {
            places.append(Place(part: place.part + 1, progress: progress))
        }
        return places
    }
}

extension TagPattern.Part {
    /// Characters that tell this piece from others: for a number one digit of each kind is enough.
    fileprivate var bytes: [UInt8] {
        switch self {
        case .literal(let bytes): bytes
        case .number: [UInt8(ascii: "0"), UInt8(ascii: "1")]
        }
    }

    /// Whether a number or literal may end here. Of a number: 1 is nought alone, 2 one digit, 3 two digits, 4 nought and a digit.
    fileprivate func isComplete(_ progress: Int) -> Bool {
        switch self {
        case .literal(let bytes): progress == bytes.count
        case .number(_, let isPadded): isPadded ? progress >= 3 : progress >= 1
        }
    }

    /// How far it is after one more character; `nil` if that cannot stand there.
    fileprivate func step(_ progress: Int, _ byte: UInt8) -> Int? {
        switch self {
        case .literal(let bytes): return progress < bytes.count && bytes[progress] == byte ? progress + 1 : nil
        case .number(_, let isPadded):
            guard Numeral.isDigit(byte) else { return nil }
            switch progress {
            case 0: return byte == UInt8(ascii: "0") ? 1 : 2
            case 1: return isPadded ? 4 : nil
            case 2, 3: return 3
            default: return nil
            }
        }
    }
}
