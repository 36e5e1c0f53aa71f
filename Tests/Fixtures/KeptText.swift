internal import FoundationEssentials

/// A text of this repository that is made from the code. A test holds the two together; `make docs` and `make golden` write
/// it anew, to be read before it is committed.
package struct KeptText {
    private let path: String

    private init(_ path: String, _ file: String) {
        let root = file.split(separator: "/", omittingEmptySubsequences: false).prefix { $0 != "Tests" }.joined(separator: "/")
        self.path = root + "/" + path
    }

    /// A document for readers.
    package static func document(_ name: String, test file: String = #filePath) -> KeptText {
        KeptText("Resources/docs/" + name, file)
    }

    /// A screen as it shall look.
    package static func screen(_ name: String, test file: String = #filePath) -> KeptText {
        KeptText("Tests/Golden/" + name + ".txt", file)
    }

    /// A file of a project as Baton writes it.
    package static func record(_ name: String, test file: String = #filePath) -> KeptText {
        KeptText("Tests/Golden/records/" + name + ".md", file)
    }

    /// The text as it is kept; with BATON_WRITE_KEPT in the environment it is written first.
    /// - Throws: what the file system says.
    package func kept(writing text: String) throws -> String {
        let url = URL(filePath: path)
        if ProcessInfo.processInfo.environment["BATON_WRITE_KEPT"] != nil {
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: url, atomically: true, encoding: .utf8)
        }
        return try String(contentsOf: url, encoding: .utf8)
    }
}
