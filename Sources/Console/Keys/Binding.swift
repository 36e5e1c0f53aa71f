package import PromotionCore

/// A key binding as data: footer, help and the published list of keys are made from it.
package struct Binding: Sendable {
    /// The column of the help that it stands in.
    package enum Group: String, Hashable, Sendable, CaseIterable {
        case move = "MOVE"
        case look = "LOOK"
        case act = "ACT"
    }

    package let keys: [Key]
    package let scopes: Set<Scope>
    package let intent: Intent
    /// The word in the footer.
    package let label: String
    package let description: String
    package let group: Group
    /// Its place in the footer, from the left; nil keeps it out.
    package let rank: Int?
    /// Why it is not possible now; nil while it is.
    package let disabledReason: @Sendable (ConsoleState) -> SafeText?

    init(
        _ keys: [Key], _ scopes: Set<Scope>, _ intent: Intent, _ label: String, _ description: String, _ group: Group,
        rank: Int? = nil, disabled: @escaping @Sendable (ConsoleState) -> SafeText? = { _ in nil }
    ) {
        self.keys = keys
        self.scopes = scopes
        self.intent = intent
        self.label = label
        self.description = description
        self.group = group
        self.rank = rank
        disabledReason = disabled
    }

    /// The keys as people read them: `j Down`.
    package var keyText: String { keys.map(\.label).joined(separator: " ") }
}

extension Key {
    /// The key as people read it: `Ctrl-l`, `PgUp`, `R`.
    package var label: String {
        switch self {
        case .character(" "): "Space"
        case .character(let character): String(character)
        case .control(let character): "Ctrl-\(character)"
        case .up: "Up"
        case .down: "Down"
        case .left: "Left"
        case .right: "Right"
        case .home: "Home"
        case .end: "End"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .enter: "Enter"
        case .escape: "Esc"
        case .tab: "Tab"
        case .backTab: "Shift-Tab"
        case .backspace: "Backspace"
        case .delete: "Delete"
        case .insert: "Insert"
        case .function(let number): "F\(number)"
        case .unknown: "?"
        }
    }
}
