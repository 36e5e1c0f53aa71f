import FoundationEssentials
import Testing

/// What the project's own text cites is in the project.
@Suite struct CitationTests {
    /// A citation with the file and line that it stands in.
    struct Citation {
        let place: String
        /// The path as written.
        let path: String
        /// The heading or word that is named behind it, as in `Resources/docs/glossary.md`, "digest set".
        let section: String?
    }

    @Test func `every file and section that text or comments cite exists`() throws {
        let documents = try Self.documents.flatMap(Self.citations)
        let comments = try (SourceTree.files(in: "Sources") + SourceTree.files(in: "Tests")).flatMap { file in
            file.lines.enumerated().filter { $1.contains("//") }.flatMap {
                Self.paths(in: $0.element, "\(file.path):\($0.offset + 1)")
            }
        }
        #expect(documents.count > 60 && comments.count > 3, "citations are no longer found")
        for citation in documents + comments {
            let file = Self.candidates(citation).first { FileManager.default.fileExists(atPath: SourceTree.root + "/" + $0) }
            guard let file else {
                Issue.record("\(citation.place) cites \(citation.path), which is not in the project")
                continue
            }
            guard let section = citation.section else { continue }
            #expect(try MutationTests.read(file).contains(section), "\(citation.place): \(file) has no \"\(section)\"")
        }
    }

    private static var documents: [String] {
        get throws {
            let root = SourceTree.root + "/Resources/docs"
            return try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0.hasSuffix(".md") }.map {
                "Resources/docs/" + $0
            } + ["README.md"]
        }
    }

    /// Paths in a document: between backticks, or as the target of a link.
    private static func citations(_ document: String) throws -> [Citation] {
        try MutationTests.read(document).split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap {
            let place = "\(document):\($0.offset + 1)"
            let links = $0.element.split(separator: "](").dropFirst().compactMap { rest -> Citation? in
                let path = rest.prefix { $0 != ")" && $0 != "#" }
                guard !path.contains(":"), !path.isEmpty else { return nil }
                let folder = document.split(separator: "/").dropLast().joined(separator: "/")
                return Citation(place: place, path: folder.isEmpty ? String(path) : "\(folder)/\(path)", section: nil)
            }
            return links + paths(in: String($0.element), place)
        }
    }

    /// Paths between backticks that name a file of the project's kinds in a folder.
    private static func paths(in line: String, _ place: String) -> [Citation] {
        let parts = line.split(separator: "`", omittingEmptySubsequences: false)
        return parts.indices.filter { $0 % 2 == 1 && $0 + 1 < parts.count }.compactMap { index in
            let path = String(parts[index])
            let isFile = [".swift", ".md", ".txt"].contains { path.hasSuffix($0) }
            let isPlain = path.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
                    || byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "z")).contains(byte)
            }
            guard isFile, isPlain, path.contains("/"), path.first?.isUppercase ?? false || path.hasPrefix("baton/") else {
                return nil
            }
            let after = parts[index + 1]
            let section = after.hasPrefix(", \"") ? after.dropFirst(3).split(separator: "\"").first.map(String.init) : nil
            return Citation(place: place, path: path, section: section)
        }
    }

    /// Where a path can stand: below the root or below Sources.
    private static func candidates(_ citation: Citation) -> [String] { [citation.path, "Sources/" + citation.path] }
}
