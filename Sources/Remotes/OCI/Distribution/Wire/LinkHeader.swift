/// The next page of a list (RFC 8288 as OCI distribution-spec uses it: `Link: <…>; rel="next"`).
package enum LinkHeader {
    /// Where the next page begins.
    package enum Next: Hashable, Sendable {
        /// The query of its address: what stands before that is no news to whoever asks for the list.
        case query(String)
        /// An address without a query, or with characters that no address has.
        case unusable(String)
    }

    /// The next page; nil where there is none.
    ///
    /// Only its query is taken: a page of a list is never asked of another host or repository, whatever a proxy in between wrote
    /// there.
    package static func next(in fields: [String]) -> Next? {
        for link in fields.flatMap(links) {
            guard let end = link.firstIndex(of: ">"), link.hasPrefix("<") else { continue }
            let parameters = link[link.index(after: end)...].lowercased().filter { $0 != " " && $0 != "\"" }
            guard parameters.split(separator: ";").contains("rel=next") else { continue }
            return query(of: String(link[link.index(after: link.startIndex)..<end]))
        }
        return nil
    }

    /// Links of one field, which may hold several, apart from commas inside the brackets.
    private static func links(_ field: String) -> [Substring] {
        var links: [Substring] = []
        var start = field.startIndex
        var isInside = false
        for position in field.indices {
            if field[position] == "<" { isInside = true }
            if field[position] == ">" { isInside = false }
            guard field[position] == ",", !isInside else { continue }
            links.append(field[start..<position])
            start = field.index(after: position)
        }
        return (links + [field[start...]]).map { link in link.drop { $0 == " " } }
    }

    private static func query(of target: String) -> Next {
        guard let mark = target.firstIndex(of: "?") else { return .unusable(target) }
        let query = target[target.index(after: mark)...].prefix { $0 != "#" }
        let isSendable = query.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return query.isEmpty || !isSendable ? .unusable(target) : .query(String(query))
    }
}
