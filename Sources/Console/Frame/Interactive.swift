package import PromotionCore

/// Something the terminal's poll loop can show and tell about the world.
///
/// The loop calls one method at a time, then takes what has become of it: frames for the agent, effects, a picture. Nothing
/// here may block or read a clock; times are given.
package protocol Interactive {
    /// A key, a paste or a new size came from the terminal.
    mutating func handle(_ input: TerminalInput, at now: Timestamp)

    /// The agent can be written to: the place to say hello and subscribe.
    mutating func gainedLink(at now: Timestamp)

    /// One frame came from the agent, its newline taken off.
    mutating func receive(_ line: [UInt8], at now: Timestamp)

    /// The agent can no longer be reached; the loop goes on trying and calls `gainedLink` when it is back.
    mutating func lostLink(_ reason: SafeText, at now: Timestamp)

    /// The moment of `nextWake` has come, or a time of deafness has ended.
    mutating func tick(at now: Timestamp)

    /// Frames for the agent, in order, without newline. What is taken while there is no link is dropped, never sent late:
    /// an intent must not fire minutes after its key.
    mutating func takeOutgoing() -> [[UInt8]]

    /// What the terminal shall do beside painting, in order.
    mutating func takeEffects() -> [TerminalEffect]

    /// A part of a file could not be written.
    mutating func failedToWrite(_ reason: SafeText, at now: Timestamp)

    /// The picture for a window of that size.
    func frame(for size: Size) -> Frame

    /// When the picture changes by itself; nil if only input can change it. Every wake costs, so name the latest moment that will do.
    func nextWake(after now: Timestamp) -> Timestamp?

    /// Whether the operator has left; the loop then puts the terminal back and ends.
    var isFinished: Bool { get }
}

/// What a screen asks of the terminal beside showing a frame.
package enum TerminalEffect: Hashable, Sendable {
    /// An audible or visible sign, as the terminal does it.
    case bell
    /// The whole picture again, after something else has written on the terminal.
    case repaint
    /// Something is asked that must be read first: keys that are read before the picture is out, and for that long after it, are
    /// passed on as early. Measured on a clock that nobody sets.
    case deaf(Milliseconds)
    /// Text for the terminal's clipboard (OSC 52), where the terminal says that it has one.
    case copy(String)
    /// A part of a file that only the operator may read; the first part makes it, and nothing may have its name.
    case write([UInt8], to: String, isFirst: Bool)
}

extension Interactive {
    package mutating func failedToWrite(_ reason: SafeText, at now: Timestamp) {}
}
