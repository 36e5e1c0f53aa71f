internal import CNcurses
internal import Console

/// What an operator says about colour.
package enum ColourChoice: Hashable, Sendable {
    case automatic
    case never
}

/// How each style looks on a terminal with so many colours.
///
/// Colours are the terminal's own first eight wherever they do: its theme has made them readable, and they take half the bytes
/// of the 256. The background is always the terminal's, and no style is told by colour alone: glyph and word say it too.
package struct Palette: Hashable, Sendable {
    /// One style's look: an attribute mask and a colour pair, 0 for the terminal's own colours.
    struct Look: Hashable, Sendable {
        var attributes: UInt32 = 0
        var pair: Int16 = 0
    }

    /// How many colours are used: 256, 8 or 0.
    package let colours: Int
    private let looks: [Look]

    /// - Parameter colours: how many the terminal has.
    init(colours: Int) {
        let usable = colours >= 256 ? 256 : colours >= 8 ? 8 : 0
        self.colours = usable
        looks = Style.allCases.map { style in
            let hasColour = Self.foreground(style, colours: usable) != nil
            return Look(
                attributes: Self.attributes(style, hasColour: hasColour),
                pair: hasColour ? Int16(style.rawValue) + 1 : 0)
        }
    }

    subscript(style: Style) -> Look { looks[Int(style.rawValue)] }

    /// Tells ncurses the colour pairs; its screen must be open.
    func definePairs() {
        for style in Style.allCases {
            if let colour = Self.foreground(style, colours: colours) { cn_define_pair(self[style].pair, colour) }
        }
    }

    private static func foreground(_ style: Style, colours: Int) -> Int16? {
        guard colours >= 8 else { return nil }
        return switch style {
        case .good: 2
        case .bad, .alarm: 1
        // Plain yellow is brown on some terminals and unreadable on white ones.
        case .warning: colours >= 256 ? 172 : 3
        case .active: 6
        case .digest: 5
        // "Bright black" is the background itself in some themes: a grey from the middle is safe on both.
        case .dim, .disabled: colours >= 256 ? 244 : nil
        case .plain, .heading, .selected, .key: nil
        }
    }

    private static func attributes(_ style: Style, hasColour: Bool) -> UInt32 {
        switch style {
        case .heading, .key: cn_bold()
        case .selected: cn_reverse()
        case .alarm: cn_reverse() | cn_bold()
        case .bad, .warning: hasColour ? 0 : cn_bold()
        case .dim, .disabled: hasColour ? 0 : cn_dim()
        case .plain, .good, .active, .digest: 0
        }
    }
}
