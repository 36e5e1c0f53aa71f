internal import Foundation
internal import Glibc
internal import PromotionCore
internal import Synchronization
internal import Terminal
internal import Testing

extension OnAPseudoTerminal {
    /// Ends that no loop can take care of, in a process of their own; the terminal stays here and is looked at afterwards.
    @Suite struct LastResortTests {
        private func expectPutBack(_ terminal: PseudoTerminal, _ before: [UInt32]) {
            terminal.drain()
            #expect(terminal.settings == before)
            for mode in ["\u{1B}[?1049l", "\u{1B}[?2004l", "\u{1B}[?25h"] { #expect(terminal.text.contains(mode)) }
        }

        @Test(arguments: [SIGSEGV, SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGTRAP])
        func `a crash puts the terminal back and is still that crash`(number: CInt) async throws {
            let terminal = try PseudoTerminal()
            let before = terminal.settings
            await #expect(processExitsWith: .signal(number)) { [path = terminal.path as String, number] in
                let signals = try #require(SignalPipe())
                let session = try TerminalSession(.path(path), type: "xterm-256color")
                kill(getpid(), number)
                withExtendedLifetime((signals, session)) { while true { pause() } }
            }
            expectPutBack(terminal, before)
        }

        @Test func `an exit from anywhere puts the terminal back`() async throws {
            let terminal = try PseudoTerminal()
            let before = terminal.settings
            await #expect(processExitsWith: .exitCode(7)) { [path = terminal.path as String] in
                let session = try TerminalSession(.path(path), type: "xterm-256color")
                withExtendedLifetime(session) { exit(7) }
            }
            expectPutBack(terminal, before)
        }

        @Test(arguments: [SIGTERM, SIGINT, SIGQUIT, SIGHUP])
        func `an ending signal ends a process whose loop is stuck`(number: CInt) async throws {
            let terminal = try PseudoTerminal()
            let before = terminal.settings
            await #expect(processExitsWith: .signal(number)) { [path = terminal.path as String, number] in
                let signals = try #require(SignalPipe())
                let session = try TerminalSession(.path(path), type: "xterm-256color")
                kill(getpid(), number)
                withExtendedLifetime((signals, session)) { while true { pause() } }
            }
            expectPutBack(terminal, before)
        }

        @Test(arguments: [SIGTERM, SIGINT, SIGQUIT, SIGHUP])
        func `an ending signal ends the loop, and the process by that signal`(number: CInt) async throws {
            let terminal = try PseudoTerminal(columns: 40, rows: 10)
            let before = terminal.settings
            await #expect(processExitsWith: .signal(number)) { [path = terminal.path as String, number] in
                let signals = try #require(SignalPipe())
                let session = try TerminalSession(.path(path), type: "xterm-256color")
                let screen = ScriptedScreen(journal: STDERR_FILENO)
                let loop = TerminalLoop(session: session, signals: signals, screen: screen)
                kill(getpid(), number)
                exit(loop.run().conclude())
            }
            expectPutBack(terminal, before)
        }

        @Test(arguments: [
            (name: "C", glyphs: "+ healthy", absent: "✓"), (name: "C.UTF-8", glyphs: "✓ healthy", absent: "+ healthy"),
            (name: "xx_YY.UTF-8", glyphs: "✓ healthy", absent: "+ healthy"),
            (name: "xx_YY.ISO-8859-1", glyphs: "+ healthy", absent: "✓"),
        ])
        func `the locale decides the glyphs`(name: String, glyphs: String, absent: String) async throws {
            let terminal = try PseudoTerminal(columns: 40, rows: 10)
            await #expect(processExitsWith: .success) { [path = terminal.path as String, name] in
                setenv("LC_ALL", name, 1)
                let session = try TerminalSession(.path(path), type: "xterm-256color")
                var screen = ScriptedScreen(journal: STDERR_FILENO)
                screen.wake = .init(millisecondsSinceEpoch: 0)
                screen.endsAtWake = true
                exit(TerminalLoop(session: session, signals: nil, screen: screen).run().conclude())
            }
            terminal.drain()
            #expect(terminal.text.contains(glyphs))
            #expect(!terminal.text.contains(absent))
        }

        @Test(arguments: [("NO_COLOR", "1"), ("TERM", "vt100"), ("TERM", "xterm-mono")])
        func `no colours means attributes alone`(variable: String, value: String) async throws {
            let terminal = try PseudoTerminal(columns: 40, rows: 14)
            await #expect(processExitsWith: .success) { [path = terminal.path as String, variable, value] in
                setenv("TERM", "xterm-256color", 1)
                setenv("LC_ALL", "C.UTF-8", 1)
                setenv(variable, value, 1)
                let session = try TerminalSession(.path(path))
                #expect(session.palette.colours == 0)
                var screen = ScriptedScreen(journal: STDERR_FILENO)
                screen.wake = .init(millisecondsSinceEpoch: 0)
                screen.endsAtWake = true
                exit(TerminalLoop(session: session, signals: nil, screen: screen).run().conclude())
            }
            terminal.drain()
            #expect(terminal.text.contains("healthy"))
            for colour in ["[31m", "[32m", "[39;49m", "[38;5;"] { #expect(!terminal.text.contains(colour)) }
        }
    }
}
