/// Which glyphs a terminal can be trusted with.
package enum Glyphs: Hashable, Sendable {
    /// Printable ASCII alone: the C locale, or a terminal of unknown encoding.
    case ascii
    case unicode
}

extension Unicode.Scalar {
    /// What stands for this scalar where only ASCII can be shown, in the same one column.
    package var asciiStandIn: Unicode.Scalar {
        switch value {
        case 0x20...0x7E: self
        case 0x2713, 0x2714: "+"  // check marks
        case 0x2715...0x2717: "x"  // crosses
        case 0x25B2: "!"
        case 0x25D0...0x25D3: "~"
        case 0x25CF: "*"
        case 0x25CB: "o"
        case 0x2190: "<"
        case 0x2191, 0x25B4: "^"
        case 0x2192, 0x25B6, 0x25B8: ">"
        case 0x2193, 0x25BC, 0x25BE: "v"
        case 0x2010...0x2015: "-"
        case 0x2018, 0x2019: "'"
        case 0x201C, 0x201D: "\""
        case 0x2026: "~"  // a cut, as in Frame.write
        case 0xB7, 0x2022: "."
        case 0x2500, 0x2501, 0x2504, 0x2505, 0x2550: "-"
        case 0x2502, 0x2503, 0x2506, 0x2507, 0x2551: "|"
        case 0x250C...0x254B, 0x2552...0x2570: "+"
        case 0x2588...0x2593: "#"
        default: "?"
        }
    }
}
