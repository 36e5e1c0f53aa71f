/// A text file of a project in which Baton keeps marked parts of its own. Everything else belongs to people and is kept byte
/// for byte, and so is what people wrote into a marked part.
///
/// A marked part stands between two comments that Markdown does not show. The first names the part and the digest of what
/// Baton wrote, so that a later change can tell Baton's words from a person's.
struct MarkedDocument {
    /// Most bytes of a file that is changed.
    static let byteLimit = 4 << 20

    /// Without their line feeds; a carriage return before one stays.
    private var lines: [[UInt8]]
    private let lineEnd: [UInt8]

    init(_ bytes: [UInt8]) throws(MarkFault) {
        guard bytes.count <= Self.byteLimit else { throw .tooLarge(bytes: bytes.count) }
        guard !bytes.contains(0) else { throw .noText }
        lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
        lineEnd = lines.count > 1 && lines[0].last == UInt8(ascii: "\r") ? [UInt8(ascii: "\r")] : []
    }

    var bytes: [UInt8] { Array(lines.joined(separator: [UInt8(ascii: "\n")])) }

    /// Puts words under a mark: in place where the mark is, else as the first part below a heading, which is added at the end
    /// of the file where it is missing.
    mutating func put(_ words: [String], as mark: Mark, below heading: String) throws(MarkFault) {
        if try replace(mark, with: words) { return }
        let part = mark.part(words)
        if let position = firstLine(ofHeading: heading) {
            let isSpaced = position + 1 < lines.count && text(position + 1).isEmpty
            insert(isSpaced ? part + [""] : [""] + part + [""], at: position + (isSpaced ? 2 : 1))
        } else {
            while let last = lines.last, last.isEmpty || last == lineEnd { lines.removeLast() }
            insert((lines.isEmpty ? [] : [""]) + [heading, ""] + part, at: lines.count)
            lines.append([])
        }
    }

    /// Puts words under a mark that the file holds already.
    /// - Returns: false where it does not hold it; nothing changes then.
    mutating func replace(_ mark: Mark, with words: [String]) throws(MarkFault) -> Bool {
        guard let range = try range(of: mark) else { return false }
        let written = mark.digest(in: text(range.lowerBound))
        if written == Mark.digest(of: words) { return true }
        let inside = lines[(range.lowerBound + 1)..<range.upperBound]
        let isBatons = Mark.digest(of: inside.map { String(decoding: trimmed($0), as: UTF8.self) }) == written
        let kept = isBatons ? [] : Array(inside)
        lines.replaceSubrange(range, with: mark.part(words).map { Array($0.utf8) + lineEnd } + kept)
        return true
    }

    /// The lines of a part, its comments included; nil where the file does not hold it.
    private func range(of mark: Mark) throws(MarkFault) -> ClosedRange<Int>? {
        let begins = lines.indices.filter { text($0).hasPrefix(mark.beginning) }
        guard let begin = begins.first else { return nil }
        guard begins.count == 1 else { throw .twice(mark: mark.name, lines: begins.prefix(2).map { $0 + 1 }) }
        let end = lines.indices.dropFirst(begin + 1).first { text($0) == mark.ending }
        guard let end else { throw .open(mark: mark.name, line: begin + 1) }
        return begin...end
    }

    /// The line of a heading outside fenced code (CommonMark 0.31.2, 4.5).
    private func firstLine(ofHeading heading: String) -> Int? {
        var isFenced = false
        for index in lines.indices {
            let line = text(index)
            if line.hasPrefix("```") || line.hasPrefix("~~~") { isFenced.toggle() }
            if !isFenced, line.lowercased() == heading.lowercased() { return index }
        }
        return nil
    }

    private mutating func insert(_ new: [String], at position: Int) {
        // A last line without its line feed gets one.
        lines.insert(contentsOf: new.map { Array($0.utf8) + lineEnd }, at: min(position, lines.count))
    }

    private func text(_ index: Int) -> String { String(decoding: trimmed(lines[index]), as: UTF8.self) }

    private func trimmed(_ line: [UInt8]) -> ArraySlice<UInt8> {
        let blank: Set<UInt8> = [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")]
        var slice = line[...]
        while let last = slice.last, blank.contains(last) { slice.removeLast() }
        return slice
    }
}

/// The name of a part of a file that is Baton's: `payments/prod 12`.
struct Mark: Hashable, Sendable {
    let name: String

    init(_ name: String) { self.name = name }

    var beginning: String { "<!-- baton:begin \(name) sha256:" }
    var ending: String { "<!-- baton:end \(name) -->" }

    /// The part's lines with its comments around them.
    func part(_ words: [String]) -> [String] { [beginning + Self.digest(of: words) + " -->"] + words + [ending] }

    /// The digest that a part's first line says.
    func digest(in line: String) -> String { String(line.dropFirst(beginning.count).prefix { $0 != " " }) }

    /// Enough of a digest to tell an edited text from an untouched one.
    static func digest(of words: [String]) -> String { Digest(of: words.joined(separator: "\n").utf8).short(16) }
}

/// Why a project's file was left as it is.
package enum MarkFault: Error, Hashable, Sendable, CustomStringConvertible {
    case tooLarge(bytes: Int)
    case noText
    case open(mark: String, line: Int)
    case twice(mark: String, lines: [Int])

    package var description: String {
        switch self {
        case .tooLarge(let bytes): "it has \(bytes) bytes, at most \(MarkedDocument.byteLimit) are changed: split it"
        case .noText: "it is no text: name another file"
        case .open(let mark, let line):
            "line \(line) begins the mark \"\(mark)\" and nothing ends it: put the line \(Mark(mark).ending) back, or delete line \(line)"
        case .twice(let mark, let lines):
            "the mark \"\(mark)\" begins in lines \(lines.map(String.init).joined(separator: " and ")): keep one of them"
        }
    }
}
