extension Glyphs {
    var rule: Character { self == .ascii ? "-" : "─" }
    var bar: Character { self == .ascii ? "|" : "│" }
    var arrow: String { self == .ascii ? "->" : "→" }
    /// Ends a text that was cut.
    var cut: Character { self == .ascii ? "~" : "…" }

    /// The corners of a box: top left, top right, bottom left, bottom right.
    var corners: (Character, Character, Character, Character) {
        self == .ascii ? ("+", "+", "+", "+") : ("┌", "┐", "└", "┘")
    }
}

/// A glyph with one meaning; a word always stands beside it.
package enum Mark: Hashable, Sendable, CaseIterable {
    case pass, fail, alarm, inconclusive, void, active, notYet, live, idle

    func glyph(in set: Glyphs) -> Character {
        switch self {
        case .pass: set == .ascii ? "+" : "✓"
        case .fail: set == .ascii ? "x" : "✗"
        case .alarm: set == .ascii ? "!" : "▲"
        case .inconclusive: "?"
        case .void: "-"
        case .active: set == .ascii ? "~" : "◐"
        case .notYet: "."
        case .live: set == .ascii ? "*" : "●"
        case .idle: set == .ascii ? "o" : "○"
        }
    }

    var style: Style {
        switch self {
        case .pass, .live: .good
        case .fail: .bad
        case .alarm: .alarm
        case .inconclusive: .warning
        case .active: .active
        case .void, .notYet, .idle: .dim
        }
    }
}
