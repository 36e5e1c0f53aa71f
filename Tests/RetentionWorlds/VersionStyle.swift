internal import Fixtures
internal import PromotionCore
internal import Simulation

/// A way in which a service of the worlds writes its versions, told a second time: by cutting texts, without patterns.
package enum VersionStyle: CaseIterable, Sendable {
    /// `v1.2.0-rc.3` becomes `v1.2.0`.
    case guide
    /// `1.2.0-rc3-alpine` becomes `1.2.0-alpine`.
    case lines
    /// `rel-1.02-3` becomes `rel-1.02`.
    case calendar

    /// The same as the planner is given it.
    var scheme: TagScheme {
        do {
            switch self {
            case .guide: return .standard
            case .lines:
                return try TagScheme([
                    TagForm(candidate: TagPattern("X.Y.Z-rcN[-suffix]"), final: TagPattern("X.Y.Z[-suffix]"))
                ])
            case .calendar:
                return try TagScheme([TagForm(candidate: TagPattern("rel-X.0Y-N"), final: TagPattern("rel-X.0Y"))])
            }
        } catch { preconditionFailure("\(error)") }
    }

    /// The numbers of a version tag, those of a candidate with its own at the end.
    struct Reading: Hashable {
        var numbers: [String]
        var suffix = ""
        var candidate: String?
    }

    /// What a tag is; `nil` if it is no version.
    func read(_ text: String) -> Reading? {
        switch self {
        case .guide:
            guard let numbers = Oracle.numbers(text) else { return nil }
            return Reading(numbers: Array(numbers.prefix(3)), candidate: numbers.count == 4 ? numbers[3] : nil)
        case .lines: return Self.line(text)
        case .calendar:
            let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            let numbers = (parts.count > 1 ? parts[1] : "").split(separator: ".", omittingEmptySubsequences: false)
            guard (2...3).contains(parts.count), parts[0] == "rel", numbers.count == 2, Oracle.isNumber(numbers[0]),
                numbers[1].count > 1, Oracle.isNumber(numbers[1].count == 2 ? numbers[1].trimmed : numbers[1])
            else { return nil }
            let version = [String(numbers[0]), String(numbers[1].count == 2 ? numbers[1].trimmed : numbers[1])]
            guard parts.count == 3 else { return Reading(numbers: version) }
            return Oracle.isNumber(parts[2]) ? Reading(numbers: version, candidate: parts[2]) : nil
        }
    }

    private static func line(_ text: String) -> Reading? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        let numbers = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard numbers.count == 3, numbers.allSatisfy(Oracle.isNumber) else { return nil }
        let rest = parts.dropFirst().joined(separator: "-")
        if parts.count == 1 { return Reading(numbers: numbers) }
        let second = parts[1]
        if second.hasPrefix("rc"), Oracle.isNumber(second.dropFirst(2)),
            parts.count == 2 || parts.count > 2 && rest != second + "-"
        {
            let suffix = parts.dropFirst(2).joined(separator: "-")
            // What it would become is a candidate.
            if let again = line(parts[0] + "-" + suffix), again.candidate != nil { return nil }
            return Reading(numbers: numbers, suffix: suffix, candidate: String(second.dropFirst(2)))
        }
        return rest.isEmpty ? nil : Reading(numbers: numbers, suffix: rest)
    }

    /// A tag of the guide as this style writes it, perhaps nearly.
    func write(_ reading: Reading, _ random: inout SeededRandom) -> String {
        let number = reading.candidate
        switch self {
        case .guide: return "v\(reading.numbers.joined(separator: "."))\(number.map { "-rc.\($0)" } ?? "")"
        case .lines:
            let suffix = ["", "", "-alpine", "-debian", "-rc4", "-"][random.below(6)]
            return "\(reading.numbers.joined(separator: "."))\(number.map { "-rc\($0)" } ?? "")\(suffix)"
        case .calendar:
            let second = ["0\(reading.numbers[1])", "1\(reading.numbers[1])", reading.numbers[1]][random.below(3)]
            return "rel-\(reading.numbers[0]).\(second)\(number.map { "-\($0)" } ?? "")"
        }
    }
}

extension Substring {
    /// Without one nought in front.
    fileprivate var trimmed: Substring { first == "0" ? dropFirst() : self }
}

extension RetentionWorld {
    /// Has the services write their versions in other ways than the guide's: both in one, or each in its own.
    ///
    /// It draws from numbers of its own, so that the world is otherwise what its seed makes it.
    mutating func makeStyles(seed: UInt64) {
        var random = SeededRandom(seed: seed ^ 0x5EED_0F57_71E5)
        guard random.onceIn(3) else { return }
        let all = VersionStyle.allCases
        styles = [all[1 + random.below(2)]]
        if random.onceIn(3) { styles.append(all[random.below(3)]) }
        snapshot.schemes = styles.map(\.scheme)
        for (tag, digest) in snapshot.tags.sorted(by: { $0.key < $1.key }) {
            guard let reading = VersionStyle.guide.read(tag.text), !random.onceIn(5),
                let renamed = try? Tag(styles[random.below(styles.count)].write(reading, &random)), snapshot.tags[renamed] == nil
            else { continue }
            snapshot.tags[tag] = nil
            snapshot.tags[renamed] = digest
            if let before = snapshot.sightings.tags.removeValue(forKey: tag) { snapshot.sightings.tags[renamed] = before }
        }
    }
}
