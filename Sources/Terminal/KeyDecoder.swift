package import Console
package import PromotionCore

/// Turns the bytes of a terminal into keys and pastes. It owns no descriptor and no clock, and holds at most one sequence of 32
/// bytes or one paste of `pasteLimit`.
///
/// Sequences are those of ECMA-48 and xterm's ctlseqs, with the Linux console's and rxvt's own for function keys. What is no key
/// is swallowed whole: the tail of a sequence must never be taken for a letter that somebody typed.
package struct KeyDecoder: Sendable {
    /// Most bytes of a paste that are kept; the rest of it is swallowed.
    package static let pasteLimit = 4_096
    /// Most parameter bytes of a sequence that can be a key.
    static let sequenceLimit = 32

    /// Where in a sequence the decoder is. Each goes back to `ground` by its last byte, by a byte that cannot belong, by `timeout()`.
    enum State: Hashable, Sendable {
        case ground
        /// After ESC; leaves to every state below by the next byte.
        case escape
        /// After `ESC [`: parameters and intermediates so far.
        case control
        /// After `ESC O`.
        case single
        /// After `ESC [ [`, which the Linux console sends for F1 to F5.
        case linuxFunction
        /// After `ESC [ M`: so many bytes of an old mouse report are left.
        case mouse(Int)
        /// A string for somebody else (OSC, DCS, SOS, PM, APC): swallowed to its end. `first` is the byte after ESC.
        case text(first: UInt8, count: Int, sawEscape: Bool)
        case paste
        /// In a character of so many more bytes.
        case character(missing: Int)
    }

    var state = State.ground
    var sequence: [UInt8] = []
    private var pasted: [UInt8] = []
    private var pasteTail: [UInt8] = []

    package init() {}

    /// How long the decoder wants to wait for the next byte before `timeout()`; nil while it waits for nothing.
    package var patience: Milliseconds? {
        switch state {
        case .ground, .character: nil
        case .escape: Milliseconds(25)
        case .single, .control: Milliseconds(sequence.isEmpty ? 25 : 250)
        case .text(_, let count, _): Milliseconds(count == 0 ? 25 : 250)
        case .linuxFunction, .mouse: Milliseconds(250)
        // A link may stall in the middle of a paste, and its second half must not become keys.
        case .paste: .seconds(10)
        }
    }

    /// Most bytes that one key press sends, and the shortest pause between two presses.
    private static let keyLimit = 8
    private static let keyPause = Milliseconds(30)

    /// Whether bytes that have come prolong the wait for the rest. Those of a paste come in bursts; a few bytes after a pause are
    /// what a person types who waits for the console to listen again.
    package func isProlonged(by count: Int, after pause: Milliseconds) -> Bool {
        state != .paste || count > Self.keyLimit || pause < Self.keyPause
    }

    /// Takes bytes in the order they came.
    package mutating func feed(_ bytes: some Sequence<UInt8>) -> [TerminalInput] {
        var inputs: [TerminalInput] = []
        for byte in bytes { take(byte, into: &inputs) }
        return inputs
    }

    /// `patience` has passed without a byte: what was begun is as much as there will be.
    package mutating func timeout() -> [TerminalInput] {
        defer { reset() }
        switch state {
        case .ground: return []
        case .escape: return [.key(.escape)]
        // Somebody typed Esc and then that key, fast or over a slow line.
        case .control where sequence.isEmpty: return [.key(.escape), .key(.character("["))]
        case .single where sequence.isEmpty: return [.key(.escape), .key(.character("O"))]
        case .text(let first, 0, false): return [.key(.escape), .key(.character(Character(Unicode.Scalar(first))))]
        case .paste: return [finishPaste()]
        default: return [.key(.unknown)]
        }
    }

    mutating func reset() {
        state = .ground
        sequence.removeAll(keepingCapacity: true)
    }

    private mutating func take(_ byte: UInt8, into inputs: inout [TerminalInput]) {
        switch state {
        case .ground: takeFirst(byte, into: &inputs)
        case .escape: takeAfterEscape(byte, into: &inputs)
        case .control: takeControl(byte, into: &inputs)
        case .single: takeSingle(byte, into: &inputs)
        case .linuxFunction:
            reset()
            inputs.append(.key((0x41...0x45).contains(byte) ? .function(Int(byte) - 0x40) : .unknown))
        case .mouse(let left):
            state = left > 1 ? .mouse(left - 1) : .ground
            if left <= 1 { inputs.append(.key(.unknown)) }
        case .text(let first, let count, let sawEscape):
            takeText(byte, first: first, count: count, sawEscape: sawEscape, into: &inputs)
        case .paste: takePasted(byte, into: &inputs)
        case .character(let missing): takeContinuation(byte, missing: missing, into: &inputs)
        }
    }

    private mutating func takeAfterEscape(_ byte: UInt8, into inputs: inout [TerminalInput]) {
        switch byte {
        case UInt8(ascii: "["): state = .control
        case UInt8(ascii: "O"): state = .single
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
            state = .text(first: byte, count: 0, sawEscape: false)
        default:
            // Esc and another key in one packet. Alt and a key looks the same, so nothing is bound to that.
            state = .ground
            inputs.append(.key(.escape))
            takeFirst(byte, into: &inputs)
        }
    }

    private mutating func takeText(
        _ byte: UInt8, first: UInt8, count: Int, sawEscape: Bool, into inputs: inout [TerminalInput]
    ) {
        let isEnd = byte == 0x07 || (sawEscape && byte == UInt8(ascii: "\\"))
        if isEnd || count >= Self.pasteLimit {
            reset()
            inputs.append(.key(.unknown))
        } else {
            state = .text(first: first, count: count + 1, sawEscape: byte == 0x1B)
        }
    }

    /// Starts to swallow a paste, up to `ESC [ 201 ~` (xterm's ctlseqs, Bracketed Paste Mode).
    mutating func beginPaste() {
        reset()
        state = .paste
    }

    private mutating func takePasted(_ byte: UInt8, into inputs: inout [TerminalInput]) {
        pasteTail.append(byte)
        while !Self.pasteEnd.starts(with: pasteTail) {
            let first = pasteTail.removeFirst()
            if pasted.count < Self.pasteLimit { pasted.append(first) }
        }
        if pasteTail.count == Self.pasteEnd.count {
            inputs.append(finishPaste())
            reset()
        }
    }

    private mutating func finishPaste() -> TerminalInput {
        defer {
            pasted.removeAll(keepingCapacity: false)
            pasteTail.removeAll(keepingCapacity: true)
        }
        return .paste(String(decoding: pasted, as: UTF8.self))
    }

    private static let pasteEnd: [UInt8] = Array("\u{1b}[201~".utf8)
}
