extension Unicode.Scalar {
    /// The columns that a terminal gives this scalar: 1 or 2; `nil` if terminals disagree, or if it joins or reorders what
    /// stands next to it (combining marks, right-to-left scripts, emoji).
    ///
    /// The ranges are the blocks of the Unicode standard; which of them are wide is in UAX #11, East Asian Width. The letters of
    /// Greek and Cyrillic are "ambiguous" there: terminals give them one column outside of old East Asian locales.
    package var columns: Int? {
        // Nearly all text is plain.
        if value < 0x7F { return value >= 0x20 ? 1 : nil }
        guard let columns = Self.columns(ofBlockWith: value) else { return nil }
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .nonspacingMark,
            .enclosingMark, .spacingMark:
            return nil
        default: return columns
        }
    }

    private static func columns(ofBlockWith value: UInt32) -> Int? {
        switch value {
        // Latin and IPA; Greek and Cyrillic; Armenian; Georgian; Latin Extended Additional and Greek Extended.
        case 0xA1...0x2AF, 0x370...0x52F, 0x531...0x58A, 0x10A0...0x10FF, 0x1E00...0x1FFF: 1
        // Punctuation, arrows, box drawing and the marks that Baton draws with.
        case 0x2010...0x2027, 0x2190...0x21FF, 0x2500...0x25FC, 0x25FF, 0x2713...0x2717: 1
        // CJK radicals, punctuation, kana, Bopomofo, Hangul letters, enclosed and compatibility signs, ideographs, Yi.
        case 0x303F: 1
        case 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF: 2
        // Hangul syllables; compatibility ideographs and forms; fullwidth forms; the supplementary ideographic planes.
        case 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD: 2
        // Halfwidth forms.
        case 0xFF61...0xFFDC, 0xFFE8...0xFFEE: 1
        default: nil
        }
    }
}

extension Character {
    /// The columns that a terminal gives this character: 1 or 2; `nil` if terminals disagree.
    package var columns: Int? { onlyScalar?.columns }

    /// The character's scalar; `nil` if it has more than one.
    package var onlyScalar: Unicode.Scalar? {
        var scalars = unicodeScalars.makeIterator()
        guard let scalar = scalars.next(), scalars.next() == nil else { return nil }
        return scalar
    }
}

extension StringProtocol {
    /// The columns that a screen gives this text: a character that terminals disagree on is shown as one "?".
    package var columns: Int {
        if utf8.allSatisfy({ $0 < 0x7F }) { return utf8.count }
        return reduce(0) { $0 + ($1.columns ?? 1) }
    }

    /// As many characters from the beginning as fit.
    package func prefix(columns limit: Int) -> SubSequence {
        var left = limit
        return prefix { character in
            left -= character.columns ?? 1
            return left >= 0
        }
    }
}
