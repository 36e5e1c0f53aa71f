internal import PromotionCore

/// The first line in which a credential helper says what went wrong, without what may be a secret.
enum ErrorLine {
    private static let limit = 240

    /// Its errors before its output: some say "not found" there and the cause here. An output that may be the answer is
    /// not repeated.
    static func words(errors: [UInt8], output: [UInt8] = []) -> SafeText {
        let first = line(of: errors)
        if !first.isEmpty { return SafeText(first, limit: limit) }
        let said = line(of: output)
        return said.contains("{") ? "" : SafeText(said, limit: limit)
    }

    private static func line(of bytes: [UInt8]) -> String {
        let text = String(decoding: bytes.prefix(4_096), as: UTF8.self)
        let lines = text.split { $0.isNewline }.map { String($0).trimmed }
        return covered(lines.first { !$0.isEmpty } ?? "")
    }

    /// What follows the name of a secret (`token=…`, `Secret: …`), and words that look like keys: long, and of upper case, lower
    /// case and digits at once.
    private static func covered(_ line: String) -> String {
        // An account in an address is a secret too.
        let open = line.replacing(#/:\/\/[^\/\s]*@/#, with: "://…@")
        var covered = ""
        var (word, name, isValue) = ("", "", false)
        for character in open + "\n" {
            let isQuote = "\"'".contains(character)
            let isOfWord =
                isValue
                ? !character.isWhitespace && !isQuote && !",&{}".contains(character)
                : character.isLetter || character.isNumber || "+_-~".contains(character)
            if isOfWord {
                word.append(character)
                continue
            }
            covered += isValue && !word.isEmpty ? "…" : cover(word)
            if !word.isEmpty {
                // The scheme of an authorization is not its secret.
                isValue = isValue && ["basic", "bearer"].contains(word.lowercased())
                name = word
            }
            if ":=".contains(character), isName(name) { isValue = true } else if !isQuote, character != " " { name = "" }
            word = ""
            covered.append(character)
        }
        return String(covered.dropLast())
    }

    private static func isName(_ word: String) -> Bool {
        ["password", "passwd", "token", "secret", "authorization"].contains { word.lowercased().hasSuffix($0) }
    }

    private static func cover(_ word: String) -> String {
        let isMixed =
            word.contains(where: \.isUppercase) && word.contains(where: \.isLowercase) && word.contains(where: \.isNumber)
        return word.count >= 20 && isMixed ? "…" : word
    }
}
