internal import CNcurses
package import Console
internal import FoundationEssentials
internal import Glibc
internal import Platform
internal import PromotionCore

/// A terminal in the console's hands, from `init` to `close()`: raw, on its alternate screen, cursor hidden, pastes bracketed.
package final class TerminalSession {
    /// Which glyphs the environment's locale can encode.
    package let glyphs: Glyphs
    /// Whether the terminal says that it has a clipboard (terminfo's Ms).
    package let canCopy: Bool
    /// What styles look like here.
    package let palette: Palette

    let device: TerminalDevice
    let output: TerminalOutput
    private let screen: OpaquePointer
    private var isOpen = true

    /// Takes a terminal over.
    /// - Parameters:
    ///   - type: terminfo's name for it; nil takes TERM.
    ///   - colours: `.never` for `--no-color`; NO_COLOR in the environment has the same effect (no-color.org).
    /// - Throws: why the terminal will not do, before anything is printed or changed.
    package init(
        _ place: TerminalPlace = .controlling, type: String? = nil, colours: ColourChoice = .automatic
    ) throws(TerminalError) {
        guard let type = type ?? ThisProcess.variable("TERM"), !type.isEmpty else { throw .typeMissing }
        let device = try TerminalDevice(place)
        guard let output = TerminalOutput(descriptor: device.descriptor) else {
            Glibc.close(device.descriptor)
            throw .outOfResources("no memory file can be made")
        }
        let glyphs = TerminalLocale.adopt()
        guard let screen = cn_screen_open(type, output.file, CInt(device.size.rows), CInt(device.size.columns)) else {
            Glibc.close(device.descriptor)
            throw .typeUnknown(SafeText(type, limit: 64))
        }
        guard cn_capability("cup") != nil, cn_capability("clear") != nil else {
            cn_screen_end(screen)
            cn_screen_free(screen)
            Glibc.close(device.descriptor)
            throw .typeTooSimple(SafeText(type, limit: 64))
        }
        self.device = device
        self.output = output
        self.glyphs = glyphs
        self.screen = screen
        canCopy = cn_capability("Ms") != nil
        palette = Palette(colours: colours == .never || Self.refusesColour ? 0 : Int(cn_start_colours()))
        palette.definePairs()
        takeOver()
    }

    deinit { close() }

    /// The window now.
    package var size: Size { device.size }

    /// Puts everything back: modes, cursor, screen and settings. Can be called again; waits at most 30 ms for the terminal.
    package func close() { close(restoring: true) }

    /// The end without last words, for a terminal that has gone: writing to it could only wait.
    func abandon() { close(restoring: false) }

    /// Takes the settings again, after the process was stopped and another program had the terminal.
    func resume() {
        device.makeRaw()
        output.append(Self.pasteOn)
    }

    func bell() { output.append([0x07]) }

    /// Hands text to the terminal's clipboard, if it has one (xterm's OSC 52).
    func copy(_ text: String) {
        guard canCopy, !text.isEmpty, text.utf8.count <= 4_096 else { return }
        output.append(Array("\u{1b}]52;c;\(Data(text.utf8).base64EncodedString())\u{07}".utf8))
    }

    private func takeOver() {
        var before = device.before
        let farewell = Self.farewell
        SignalPipe.armRestore(device.descriptor, &before, farewell)
        device.makeRaw()
        output.collect()
        output.append(Self.pasteOn)
    }

    private func close(restoring: Bool) {
        guard isOpen else { return }
        isOpen = false
        output.discard()
        cn_screen_end(screen)
        if restoring {
            output.collect()
            output.append(Self.pasteOff)
            output.sendLast(within: 30)
            device.makeAsBefore()
        }
        SignalPipe.disarmRestore()
        cn_screen_free(screen)
        Glibc.close(device.descriptor)
    }

    private static let pasteOn = Array("\u{1b}[?2004h".utf8)
    private static let pasteOff = Array("\u{1b}[?2004l".utf8)

    /// What puts any terminal of this type back, for a signal handler that cannot ask ncurses.
    private static var farewell: [UInt8] {
        ["sgr0", "rmcup", "cnorm"].reduce(into: pasteOff) { bytes, name in
            guard let text = cn_capability(name) else { return }
            bytes.append(contentsOf: withoutPadding(String(cString: text)).utf8)
        }
    }

    /// Takes terminfo's delays, such as `$<50>`, out of a string (terminfo(5), Delays and Padding).
    static func withoutPadding(_ capability: String) -> String {
        var rest = capability[...]
        var kept = ""
        while let start = rest.firstRange(of: "$<"), let end = rest[start.upperBound...].firstIndex(of: ">") {
            kept += rest[..<start.lowerBound]
            rest = rest[rest.index(after: end)...]
        }
        return kept + rest
    }

    private static var refusesColour: Bool { ThisProcess.variable("NO_COLOR") != nil }
}
