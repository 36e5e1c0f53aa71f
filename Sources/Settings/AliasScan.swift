/// Looks for an alias of an anchor in the bare text, before a parser expands it.
///
/// The parser compares the keys of a mapping, and keys made of aliases of aliases take it for ever. This looks for both
/// halves, `&name` and `*name`, so that a lone `&` or `*` in a command or a text is not taken for one.
enum AliasScan {
    /// The place of the first alias whose anchor the text holds too.
    static func first(in yaml: String) -> Position? {
        guard yaml.utf8.contains(UInt8(ascii: "&")), yaml.utf8.contains(UInt8(ascii: "*")) else { return nil }
        let anchors = Set(marks("&", in: yaml).map(\.name))
        return marks("*", in: yaml).first { anchors.contains($0.name) }?.position
    }

    private static func marks(_ sign: Unicode.Scalar, in yaml: String) -> [(name: String, position: Position)] {
        var found: [(String, Position)] = []
        for (number, line) in yaml.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let scalars = Array(line)
            guard scalars.contains(sign), scalars.first(where: { $0 != " " }) != "#" else { continue }
            for column in scalars.indices where scalars[column] == sign && begins(at: column, in: scalars) {
                var name = String.UnicodeScalarView()
                name.append(contentsOf: scalars[(column + 1)...].prefix { !ends.contains($0) })
                if !name.isEmpty { found.append((String(name), Position(line: number + 1, column: column + 1))) }
            }
        }
        return found
    }

    private static func begins(at column: Int, in scalars: [Unicode.Scalar]) -> Bool {
        column == 0 || ends.contains(scalars[column - 1])
    }

    /// What stands around an anchor's name (YAML 1.2.2, section 6.9.2).
    private static let ends: Set<Unicode.Scalar> = [" ", "\t", "\r", ",", "[", "]", "{", "}", ":"]
}
