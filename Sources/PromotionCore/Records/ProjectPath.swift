/// The path of a file or directory inside a project's checkout: relative, without a way out.
package struct ProjectPath: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The names from the checkout's root, at least one.
    package let parts: [String]

    /// Most bytes of a path.
    package static let limit = 1_024

    /// Parses `docs/TASKS.md`.
    /// - Throws: `ProjectPathError` for a path that is absolute, empty, leads out, or holds what no file name should.
    package init(_ text: String) throws(ProjectPathError) {
        let slash: Character = "/"
        let parts = text.split(separator: slash, omittingEmptySubsequences: false).map { String($0) }
        guard text.utf8.count <= Self.limit, parts.allSatisfy(Self.isName) else {
            throw ProjectPathError(text: SafeText(text, limit: 120))
        }
        self.parts = parts
    }

    private static func isName(_ part: String) -> Bool {
        guard (1...255).contains(part.utf8.count), ![".", "..", ".git"].contains(part) else { return false }
        return part.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }

    private init(parts: [String]) { self.parts = parts }

    /// A path written in this package's own source.
    /// - Precondition: the text is such a path.
    package static func literal(_ text: StaticString) -> ProjectPath {
        do { return try ProjectPath(text.description) } catch { preconditionFailure(error.description) }
    }

    /// A file in this directory; the name is this package's own.
    func file(_ name: String) -> ProjectPath { ProjectPath(parts: parts + [name]) }

    package var description: String { parts.joined(separator: "/") }

    package init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A text that is not a path inside a checkout.
package struct ProjectPathError: Error, Equatable, CustomStringConvertible {
    package let text: SafeText

    package var description: String {
        "\"\(text)\" is not a path inside the project: write names separated by \"/\", not beginning with \"/\", without \"..\""
    }
}
