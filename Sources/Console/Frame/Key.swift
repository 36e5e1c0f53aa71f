/// One key as a person means it, whatever bytes a terminal sends for it.
package enum Key: Hashable, Sendable {
    case character(Character)
    /// `Ctrl` and a letter, lower case: `.control("l")`.
    case control(Character)
    case up, down, left, right, home, end, pageUp, pageDown
    case enter, escape, tab, backTab, backspace, delete, insert
    case function(Int)
    /// Bytes that make no known key; shown nowhere, bound to nothing.
    case unknown
}

/// What reaches the console from outside: keys, the window, the agent and the clock.
package enum TerminalInput: Hashable, Sendable {
    case key(Key)
    /// A key that was pressed before the last sheet or plan was painted, or right after.
    case early(Key)
    /// A bracketed paste, bounded.
    case paste(String)
    case resized(Size)
}
