/// What a 401 asks for (RFC 9110, 11.6.1; the Bearer form is Docker's token authentication).
package enum Challenge: Hashable, Sendable {
    case basic
    case bearer(realm: String, service: String?, scope: String?)

    /// Bytes of all fields together that are read.
    package static let byteLimit = 8 << 10

    /// The challenge that can be answered; Bearer before Basic. Nil where there is none.
    package init?(_ fields: [String]) {
        let text = fields.joined(separator: ", ")
        guard text.utf8.count <= Self.byteLimit else { return nil }
        let all = Self.scan(text)
        if let bearer = all.first(where: { $0.scheme == "bearer" }), let realm = bearer.parameters["realm"], !realm.isEmpty {
            self = .bearer(realm: realm, service: bearer.parameters["service"], scope: bearer.parameters["scope"])
        } else if all.contains(where: { $0.scheme == "basic" }) {
            self = .basic
        } else {
            return nil
        }
    }

    /// Every challenge with its parameters, names in lower case.
    private static func scan(_ text: String) -> [(scheme: String, parameters: [String: String])] {
        var all: [(scheme: String, parameters: [String: String])] = []
        var rest = text[...]
        while true {
            rest = rest.drop { $0 == " " || $0 == "," || $0 == "\t" }
            let word = rest.prefix { !" ,=\t\"".contains($0) }
            guard !word.isEmpty else { return all }
            rest = rest.dropFirst(word.count)
            let behind = rest.drop { $0 == " " }
            guard behind.first == "=" else {
                all.append((word.lowercased(), [:]))
                continue
            }
            rest = behind.dropFirst().drop { $0 == " " }
            let value = rest.first == "\"" ? quoted(&rest) : bare(&rest)
            if !all.isEmpty { all[all.count - 1].parameters[word.lowercased()] = value }
        }
    }

    private static func bare(_ rest: inout Substring) -> String {
        let value = rest.prefix { $0 != "," && $0 != " " }
        rest = rest.dropFirst(value.count)
        return String(value)
    }

    private static func quoted(_ rest: inout Substring) -> String {
        rest = rest.dropFirst()
        var value = ""
        while let character = rest.popFirst(), character != "\"" {
            if character == "\\", let escaped = rest.popFirst() { value.append(escaped) } else { value.append(character) }
        }
        return value
    }
}
