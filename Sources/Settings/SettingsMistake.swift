package import PromotionCore

/// One mistake in a configuration: where it is, what is wrong, and what would be right.
package struct SettingsMistake: Error, Hashable, Sendable, CustomStringConvertible {
    package let file: SafeText
    /// Counted from 1.
    package let line: Int
    /// Counted from 1, in Unicode scalars.
    package let column: Int
    package let wrong: SafeText
    package let right: SafeText

    package init(file: SafeText, line: Int, column: Int, wrong: SafeText, right: SafeText) {
        self.file = file
        self.line = line
        self.column = column
        self.wrong = wrong
        self.right = right
    }

    package var description: String { "\(file):\(line):\(column): \(wrong); \(right)" }
}

/// Every mistake of a configuration, in the order of the file.
package struct SettingsMistakes: Error, Hashable, Sendable, CustomStringConvertible {
    /// The first `limit` mistakes.
    package let list: [SettingsMistake]
    /// All of them, counted.
    package let count: Int

    /// Most mistakes that are named.
    package static let limit = 100

    package var description: String {
        let rest = count > list.count ? ["and \(count - list.count) more"] : []
        return (list.map(\.description) + rest).joined(separator: "\n")
    }
}

/// A place in the file, counted from 1.
struct Position: Hashable, Comparable {
    let line: Int
    let column: Int

    static let start = Position(line: 1, column: 1)

    static func < (left: Position, right: Position) -> Bool { (left.line, left.column) < (right.line, right.column) }
}

/// Collects mistakes while a file is read to its end.
final class Findings {
    private let file: SafeText
    private var mistakes: [SettingsMistake] = []

    init(file: SafeText) { self.file = file }

    var isEmpty: Bool { mistakes.isEmpty }

    func add(_ position: Position, _ wrong: SafeText, _ right: SafeText) {
        mistakes.append(
            SettingsMistake(file: file, line: position.line, column: position.column, wrong: wrong, right: right))
    }

    /// All mistakes, in the order of the file; nil where there are none.
    var all: SettingsMistakes? {
        guard !mistakes.isEmpty else { return nil }
        let ordered = mistakes.enumerated().sorted { left, right in
            (left.element.line, left.element.column, left.offset) < (right.element.line, right.element.column, right.offset)
        }
        return SettingsMistakes(
            list: ordered.prefix(SettingsMistakes.limit).map(\.element), count: mistakes.count)
    }
}
