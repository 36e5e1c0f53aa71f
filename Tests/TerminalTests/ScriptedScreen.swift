internal import Console
internal import Glibc
internal import PromotionCore

/// A screen that writes down what reaches it, one line each, into a pipe that the test reads.
struct ScriptedScreen: Interactive {
    let journal: CInt
    var typed = ""
    var effects: [TerminalEffect] = []
    var outgoing: [[UInt8]] = []
    var isFinished = false
    var wake: Timestamp?
    var endsAtWake = false

    private func note(_ line: String) {
        _ = "\(line)\n".withCString { write(journal, $0, strlen($0)) }
    }

    mutating func handle(_ input: TerminalInput, at now: Timestamp) {
        switch input {
        case .key(.character("q")): isFinished = true
        case .key(.character("R")): effects.append(.deaf(Milliseconds(350)))
        case .key(.character("c")): effects.append(.copy("sha256:4be1"))
        case .key(.control("l")): effects.append(.repaint)
        case .key(.character("w")): wake = now + Milliseconds(30)
        case .key(.character("i")): outgoing.append(Array("intent".utf8))
        case .key(.character(let character)): typed.append(character)
        default: break
        }
        note(Self.name(input))
    }

    mutating func gainedLink(at now: Timestamp) {
        outgoing.append(Array("hello".utf8))
        note("gained")
    }

    mutating func receive(_ line: [UInt8], at now: Timestamp) { note("line \(String(decoding: line.prefix(40), as: UTF8.self))") }
    mutating func lostLink(_ reason: SafeText, at now: Timestamp) { note("lost \(reason)") }

    mutating func tick(at now: Timestamp) {
        wake = nil
        isFinished = endsAtWake
        note("tick")
    }

    mutating func takeOutgoing() -> [[UInt8]] {
        defer { outgoing = [] }
        return outgoing
    }

    mutating func takeEffects() -> [TerminalEffect] {
        defer { effects = [] }
        return effects
    }

    func nextWake(after now: Timestamp) -> Timestamp? { wake }

    func frame(for size: Size) -> Frame {
        var frame = Frame(size: size)
        for row in 0..<size.rows {
            frame.write("row \(row) ✓ healthy", column: 0, row: row, style: Style.allCases[row % Style.allCases.count])
        }
        frame.write("typed<\(typed)>", column: 30, row: 0, style: .heading)
        frame[column: size.columns - 1, row: size.rows - 1] = Cell("E", .good)
        return frame
    }

    private static func name(_ input: TerminalInput) -> String {
        switch input {
        case .key(.character(let character)): "key \(character)"
        case .key(let key): "key .\(key)"
        case .early(.character(let character)): "early \(character)"
        case .early(let key): "early .\(key)"
        case .paste(let text): "paste \(text)"
        case .resized(let size): "size \(size.columns)x\(size.rows)"
        }
    }
}
