internal import FoundationEssentials

/// A document in Resources/docs that is made from the code. A test holds the two together; `make docs` writes it anew.
package struct PublishedDocument {
    private let path: String

    /// - Parameter name: its file name.
    package init(_ name: String, test file: String = #filePath) {
        let root = file.split(separator: "/", omittingEmptySubsequences: false).prefix { $0 != "Tests" }.joined(separator: "/")
        path = root + "/Resources/docs/" + name
    }

    /// The document as it is published; with BATON_WRITE_DOCS in the environment it is written first.
    /// - Throws: what the file system says.
    package func published(writing text: String) throws -> String {
        if ProcessInfo.processInfo.environment["BATON_WRITE_DOCS"] != nil {
            try text.write(to: URL(filePath: path), atomically: true, encoding: .utf8)
        }
        return try String(contentsOf: URL(filePath: path), encoding: .utf8)
    }
}
