extension TagScheme {
    /// A tag of each form, and what it becomes: "v1.42.0-rc.3 becomes v1.42.0".
    package var examples: SafeText {
        let words = forms.compactMap { form -> String? in
            guard let candidate = form.candidate.example else { return nil }
            let suffix = form.candidate.separator.map { " (or \(candidate)\(UnicodeScalar($0))suffix)" } ?? ""
            guard let final = finalTag(of: candidate) else { return "\(candidate)\(suffix) keeps its tag" }
            return "\(candidate)\(suffix) becomes \(final)"
        }
        return SafeText(words.joined(separator: ", "), limit: 600)
    }

    /// Why a list of tags offers no candidate: "11 tags, none is vX.Y.Z-rc.N; nearest v1.42.0-rc1".
    package func absence(of tags: some Collection<Tag>) -> SafeText {
        guard !tags.isEmpty else { return "no tags" }
        let count = tags.count == 1 ? "1 tag, and it is not" : "\(tags.count) tags, none is"
        let nearest = nearest(in: tags).map { "; nearest \($0)" } ?? ""
        return SafeText("\(count) \(candidateWords)\(nearest)")
    }

    /// Tags that are compared with the patterns, so that a long list costs little.
    private static let comparedLimit = 2_000

    /// The tag that is most like a candidate, if one is like it: of several the last by name.
    private func nearest(in tags: some Collection<Tag>) -> Tag? {
        let patterns = forms.map { Array($0.candidate.shape.utf8) }
        var best: (distance: Int, tag: Tag)?
        let others = tags.filter { $0.text.utf8.count <= TagPattern.byteLimit && tagClass(of: $0) == .other }
        for tag in others.sorted(by: >).prefix(Self.comparedLimit) {
            let shape = Array(Self.shape(of: tag.text).utf8)
            for pattern in patterns {
                let distance = Self.distance(shape, pattern)
                guard distance * 2 <= pattern.count, distance < best?.distance ?? .max else { continue }
                best = (distance, tag)
            }
        }
        return best?.tag
    }

    /// A text with each of its numbers as one nought.
    private static func shape(of text: String) -> String {
        var shape = ""
        for character in text {
            let isDigit = character.isASCII && character.isNumber
            if !isDigit || shape.last != "0" { shape.append(isDigit ? "0" : character) }
        }
        return shape
    }

    /// Characters to insert, drop or replace.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var last = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var next = [row + 1]
            for (column, other) in right.enumerated() {
                next.append(min(last[column] + (byte == other ? 0 : 1), last[column + 1] + 1, next[column] + 1))
            }
            last = next
        }
        return last[right.count]
    }
}

extension TagPattern {
    /// The pattern with each of its numbers as one nought, without a suffix.
    fileprivate var shape: String {
        parts.map { part in
            switch part {
            case .literal(let bytes): String(decoding: bytes, as: UTF8.self)
            case .number: "0"
            }
        }.joined()
    }
}
