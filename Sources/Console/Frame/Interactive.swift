package import PromotionCore

/// A screen program that the terminal loop drives; it does nothing itself.
package protocol Interactive {
    mutating func handle(_ input: TerminalInput, at now: Timestamp)
    /// One line from the agent, its newline cut off.
    mutating func receive(_ line: [UInt8], at now: Timestamp)
    mutating func linkOpened(at now: Timestamp)
    mutating func lostLink(_ reason: SafeText, at now: Timestamp)
    mutating func tick(at now: Timestamp)
    /// Lines to send to the agent, oldest first; each is given out once.
    mutating func takeOutgoing() -> [[UInt8]]
    /// Whether typed-ahead input must now be thrown away (a sheet has just been painted). Given out once.
    mutating func takeFlush() -> Bool
    /// Whether the whole screen must be painted anew (Ctrl-l). Given out once.
    mutating func takeRepaint() -> Bool
    func frame(for size: Size) -> Frame
    /// When the picture changes by itself; nil for never.
    func nextWake(after now: Timestamp) -> Timestamp?
    var isFinished: Bool { get }
}
