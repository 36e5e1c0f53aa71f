/// Sets keys that are written twice aside, so that the parser reads what follows.
enum DuplicateKey {
    /// Replaces every further occurrence of a key in the block mapping that it begins in.
    /// - Returns: false where there is none, as in a mapping written in braces, or where there are too many.
    static func setAside(
        _ duplicate: Document.Duplicate, in lines: inout [String], _ known: inout [String: Document.Duplicate]
    ) -> Bool {
        let indent = duplicate.first.column - 1
        let before = known.count
        for index in lines.indices.dropFirst(duplicate.first.line) {
            let spaces = lines[index].utf8.prefix { $0 == UInt8(ascii: " ") }.count
            let content = lines[index].dropFirst(spaces)
            if content.isEmpty || content.hasPrefix("#") || spaces > indent { continue }
            if spaces < indent { break }
            guard let rest = rest(of: content, after: duplicate.key) else { continue }
            guard known.count < Document.duplicatePlaceLimit else { return false }
            // A character of the private use area, which no key of Baton holds.
            let substitute = "\u{E000}\(known.count)"
            lines[index] = String(repeating: " ", count: spaces) + substitute + rest
            known[substitute] = duplicate
        }
        return known.count > before
    }

    /// What follows a key in its line, from the colon on; nil where the line begins with something else.
    private static func rest(of content: Substring, after key: String) -> Substring? {
        for written in [key, "\"\(key)\"", "'\(key)'"] where content.hasPrefix(written) {
            let rest = content.dropFirst(written.count).drop { $0 == " " }
            if rest.hasPrefix(":") { return rest }
        }
        return nil
    }
}
