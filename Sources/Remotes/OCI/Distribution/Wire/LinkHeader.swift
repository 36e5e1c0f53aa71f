/// The next page of a list (RFC 8288 as OCI distribution-spec uses it: `Link: <…>; rel="next"`).
package enum LinkHeader {
    /// Path and query of the next page; nil where there is none.
    ///
    /// Only these are taken: a page of a list is never asked of another host, whatever a proxy in between wrote there.
    package static func next(in fields: [String]) -> String? {
        for link in fields.flatMap(links) {
            guard let end = link.firstIndex(of: ">"), link.hasPrefix("<") else { continue }
            let parameters = link[link.index(after: end)...].lowercased().filter { $0 != " " && $0 != "\"" }
            guard parameters.split(separator: ";").contains("rel=next") else { continue }
            return path(of: String(link[link.index(after: link.startIndex)..<end]))
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

    private static func path(of target: String) -> String? {
        if target.hasPrefix("/") && !target.hasPrefix("//") { return target }
        guard let scheme = target.firstRange(of: "://") else { return nil }
        return target[scheme.upperBound...].firstIndex(of: "/").map { String(target[$0...]) }
    }
}
