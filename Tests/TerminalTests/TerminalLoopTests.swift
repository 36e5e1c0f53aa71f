internal import Glibc
internal import Synchronization
internal import Terminal
internal import Testing

/// ncurses has one screen at a time, so what opens one runs one after the other.
@Suite(.serialized) enum OnAPseudoTerminal {}

extension OnAPseudoTerminal {
    @Suite struct TerminalLoopTests {
        @Test func `keys reach the screen, the screen reaches the terminal, and q puts everything back`() throws {
            let terminal = try PseudoTerminal()
            let before = terminal.settings
            let person = try Operator(terminal)
            #expect(person.notes("size 120x40"))
            #expect(terminal.shows("row 39"))
            #expect(terminal.shows("\u{1B}[?2004h"))
            #expect(terminal.settings != before)
            terminal.type("x\u{1B}[A\u{0C}\u{03}\u{1A}\u{1B}")
            for note in ["key x", "key .up", "key .control(\"l\")", "key .control(\"c\")", "key .control(\"z\")", "key .escape"] {
                #expect(person.notes(note))
            }
            terminal.type("q")
            #expect(try person.end() == .finished)
            #expect(terminal.settings == before)
            let end = terminal.text.suffix(80)
            for mode in ["\u{1B}[?1049l", "\u{1B}[?2004l", "\u{1B}[?25h"] { #expect(end.contains(mode)) }
        }

        @Test func `a change is a few bytes, no change is none, Ctrl-l is all of it`() throws {
            let person = try Operator(try PseudoTerminal())
            let terminal = person.terminal
            #expect(terminal.shows("row 39"))
            terminal.drain()
            let first = terminal.output.count
            terminal.type("xy")
            #expect(terminal.shows("xy>", since: first))
            terminal.drain()
            let second = terminal.output.count
            #expect(second - first <= 60)
            terminal.type("\u{1B}[A")
            #expect(person.notes("key .up"))
            terminal.drain()
            #expect(terminal.output.count == second)
            terminal.type("\u{0C}")
            #expect(terminal.shows("row 39", since: second))
            terminal.type("q")
            #expect(try person.end() == .finished)
        }

        @Test func `a paste is one input, whatever is in it`() throws {
            let person = try Operator(try PseudoTerminal())
            #expect(person.notes("size 120x40"))
            person.terminal.type("\u{1B}[200~yRq\u{1B}[201~q")
            #expect(person.notes("paste yRq"))
            #expect(try person.end() == .finished)
            #expect(person.rest() == ["key q"])
        }

        @Test func `what was typed ahead of a sheet, and just after it, reaches the sheet as early`() throws {
            let person = try Operator(try PseudoTerminal())
            #expect(person.notes("size 120x40"))
            person.terminal.type("Ry")
            #expect(person.notes("key R"))
            #expect(person.notes("early y"))
            person.terminal.type("n\u{1B}[200~y\u{1B}[201~")
            #expect(person.notes("early n") && person.notes("paste y"))
            #expect(person.notes("tick"))
            person.terminal.type("zq")
            #expect(try person.end() == .finished)
            #expect(person.rest() == ["key z", "key q"])
        }

        @Test func `the screen is woken when it wants to be`() throws {
            let person = try Operator(try PseudoTerminal())
            person.terminal.type("w")
            #expect(person.notes("key w"))
            #expect(person.notes("tick"))
            person.terminal.type("q")
            #expect(try person.end() == .finished)
            #expect(person.rest() == ["key q"])
        }

        @Test func `text for the clipboard goes as OSC 52`() throws {
            let person = try Operator(try PseudoTerminal())
            person.terminal.type("c")
            #expect(person.terminal.shows("\u{1B}]52;c;c2hhMjU2OjRiZTE=\u{07}"))
            person.terminal.type("q")
            #expect(try person.end() == .finished)
        }

        @Test func `a terminal that hangs up ends the loop`() throws {
            let person = try Operator(try PseudoTerminal())
            #expect(person.terminal.shows("row 39"))
            person.terminal.hangUp()
            let began = ContinuousClock.now
            #expect(try person.end() == .terminalGone)
            #expect(ContinuousClock.now - began < .milliseconds(100))
        }

        @Test func `a terminal that takes nothing stops neither keys nor the end`() throws {
            let terminal = try PseudoTerminal()
            let person = try Operator(terminal)
            for _ in 0..<60 {
                terminal.type("\u{0C}")
                #expect(person.notes("key .control(\"l\")"))
            }
            terminal.type("q")
            #expect(person.notes("key q"))
            #expect(try person.end() == .finished)
            #expect(terminal.shows("\u{1B}[?1049l"))
        }

        @Test func `a window can have any size`() throws {
            let person = try Operator(try PseudoTerminal(columns: 20, rows: 5), signals: true)
            #expect(person.notes("size 20x5"))
            let sizes: [(UInt16, UInt16)] = [(1, 1), (300, 100), (2, 1), (1, 50), (80, 24), (65_535, 65_535), (120, 40)]
            for (columns, rows) in sizes {
                person.terminal.resize(columns: columns, rows: rows)
                kill(getpid(), SIGWINCH)
                #expect(person.notes("size \(min(columns, 512))x\(min(rows, 256))"))
                person.terminal.drain(quiet: 5)
            }
            for step in 0..<200 {
                person.terminal.resize(columns: 1 + UInt16(step * 7 % 140), rows: 1 + UInt16(step * 3 % 50))
                kill(getpid(), SIGWINCH)
            }
            person.terminal.resize(columns: 77, rows: 17)
            kill(getpid(), SIGWINCH)
            #expect(person.notes("size 77x17"))
            person.terminal.type("q")
            #expect(try person.end() == .finished)
        }

        @Test(arguments: ["vt100", "linux", "xterm", "screen-256color", "tmux-256color", "rxvt"])
        func `other terminals are painted and put back`(type: String) throws {
            let terminal = try PseudoTerminal(columns: 80, rows: 24)
            let before = terminal.settings
            let person = try Operator(terminal, type: type)
            #expect(terminal.shows("row 23"))
            terminal.type("q")
            #expect(try person.end() == .finished)
            #expect(terminal.settings == before)
        }

        @Test(arguments: [("unknown-xyz", "unknown to this machine"), ("dumb", "cannot place a cursor"), ("", "TERM is not set")])
        func `a terminal that will not do is refused before anything is printed`(type: String, reason: String) throws {
            let terminal = try PseudoTerminal()
            let before = terminal.settings
            let error = #expect(throws: TerminalError.self) { try TerminalSession(.path(terminal.path), type: type) }
            #expect(error?.description.contains(reason) == true)
            #expect(error?.description.contains("TERM=xterm-256color or use --plain") == true)
            terminal.drain(quiet: 20)
            #expect(terminal.output.isEmpty)
            #expect(terminal.settings == before)
        }
    }
}
