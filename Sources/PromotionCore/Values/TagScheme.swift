/// How a service writes a version: a candidate, and the final tag that it becomes.
package struct TagForm: Hashable, Sendable {
    package let candidate: TagPattern
    /// `nil` if the image keeps the candidate's tag.
    package let final: TagPattern?

    /// - Throws: `TagFormError` if a candidate would not name one final tag.
    package init(candidate: TagPattern, final: TagPattern?) throws(TagFormError) {
        self.candidate = candidate
        self.final = final
        guard let final else { return }
        if final.variables.contains(.n) { throw .numbered(final) }
        let (given, wanted) = (candidate.variables.subtracting([.n]), final.variables)
        if let missing = given.symmetricDifference(wanted).min(by: { $0.rawValue < $1.rawValue }) {
            throw .different(missing, candidate, final)
        }
        if (candidate.separator == nil) != (final.separator == nil) { throw .suffix(candidate, final) }
    }

    /// The guide's: `vX.Y.Z-rc.N` becomes `vX.Y.Z`.
    package static let standard = TagForm(
        unchecked: TagPattern(
            text: "vX.Y.Z-rc.N",
            parts: version + [.literal(Array("-rc.".utf8)), .number(.n, isPadded: false)], separator: nil),
        TagPattern(text: "vX.Y.Z", parts: version, separator: nil))

    private static let version: [TagPattern.Part] = [
        .literal([UInt8(ascii: "v")]), .number(.x, isPadded: false), .literal([UInt8(ascii: ".")]), .number(.y, isPadded: false),
        .literal([UInt8(ascii: ".")]), .number(.z, isPadded: false),
    ]

    private init(unchecked candidate: TagPattern, _ final: TagPattern) {
        (self.candidate, self.final) = (candidate, final)
    }
}

/// The reason that a candidate's pattern and a final one do not belong together.
package enum TagFormError: Error, Hashable, CustomStringConvertible {
    case numbered(TagPattern)
    case different(TagPattern.Variable, TagPattern, TagPattern)
    case suffix(TagPattern, TagPattern)

    package var description: String {
        switch self {
        case .numbered(let final): "\(final) has N, which counts candidates"
        case .different(let variable, let candidate, let final):
            "only one of \(candidate) and \(final) has \(variable.letter), so that a candidate names no one final tag"
        case .suffix(let candidate, let final): "only one of \(candidate) and \(final) has a suffix"
        }
    }

    /// What to write instead.
    package var remedy: String {
        switch self {
        case .numbered: "write the final tag with X, Y and Z"
        case .different: "write the same numbers in both, but for N"
        case .suffix: "write [-suffix] in both or in neither"
        }
    }
}

/// How a service writes its versions, all forms together.
package struct TagScheme: Hashable, Sendable {
    package let forms: [TagForm]

    /// The forms of the guide.
    package static let standard = TagScheme(unchecked: [.standard])
    /// Most forms of one service.
    package static let formLimit = 8

    /// - Throws: `TagSchemeError` if a tag could be two things.
    package init(_ forms: [TagForm]) throws(TagSchemeError) {
        let patterns = forms.flatMap { [$0.candidate, $0.final].compactMap(\.self) }
        for (position, pattern) in patterns.enumerated() {
            for other in patterns[(position + 1)...] {
                if let text = pattern.overlap(with: other) { throw TagSchemeError(pattern, other, both: SafeText(text)) }
            }
        }
        self.forms = forms
    }

    init(unchecked forms: [TagForm]) { self.forms = forms }

    /// All forms in words: "vX.Y.Z-rc.N becomes vX.Y.Z".
    package var words: String {
        forms.map { form in form.final.map { "\(form.candidate) becomes \($0)" } ?? "\(form.candidate)" }.joined(separator: ", ")
    }

    /// The patterns of candidates: "vX.Y.Z-rc.N".
    package var candidateWords: SafeText {
        SafeText(forms.map(\.candidate.text).joined(separator: " or "))
    }
}

/// Two patterns of one service that match one tag.
package struct TagSchemeError: Error, Hashable, CustomStringConvertible {
    private let one: TagPattern
    private let other: TagPattern
    private let both: SafeText

    init(_ one: TagPattern, _ other: TagPattern, both: SafeText) {
        (self.one, self.other, self.both) = (one, other, both)
    }

    package var description: String {
        one.text == other.text ? "\(one) stands there twice" : "\(both) would be written as \(one) and as \(other)"
    }
}
