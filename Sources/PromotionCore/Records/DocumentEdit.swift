/// One change of one file of a project, as a value: applied to the file's bytes it gives the new ones, and applied again it
/// changes nothing.
package struct DocumentEdit: Hashable, Sendable {
    package let path: ProjectPath
    /// The first line of a file that does not exist yet.
    let title: String
    /// What the part stands below, where it is new.
    let heading: String
    let mark: Mark
    let words: [String]
    /// Whether the part is added where the file does not hold it, or left out since somebody took it away.
    let isAdded: Bool

    /// The file with this change.
    /// - Parameter bytes: the file; nil where it does not exist.
    /// - Throws: `MarkFault` where the file cannot be changed without losing what people wrote.
    /// - Returns: nil where there is nothing to write.
    package func applied(to bytes: [UInt8]?) throws(MarkFault) -> [UInt8]? {
        guard isAdded || bytes != nil else { return nil }
        var document = try MarkedDocument(bytes ?? Array((title + "\n").utf8))
        if isAdded {
            try document.put(words, as: mark, below: heading)
        } else {
            _ = try document.replace(mark, with: words)
        }
        return document.bytes == bytes ? nil : document.bytes
    }
}

/// The files of a project's checkout in which Baton writes.
package struct RecordPaths: Hashable, Sendable {
    /// Most bytes of one of them.
    package static let fileLimit = MarkedDocument.byteLimit

    package let tasks: ProjectPath
    /// A directory; each failed promotion has a file of its own in it.
    package let scratchpads: ProjectPath
    package let releaseNotes: ProjectPath

    package init(
        tasks: ProjectPath = .literal("docs/TASKS.md"), scratchpads: ProjectPath = .literal("docs/scratchpads"),
        releaseNotes: ProjectPath = .literal("docs/RELEASE_NOTES.md")
    ) {
        self.tasks = tasks
        self.scratchpads = scratchpads
        self.releaseNotes = releaseNotes
    }

    /// The scratchpad of a failure.
    package func scratchpad(of note: FailureNote) -> ProjectPath {
        scratchpads.file("\(note.place.service)-\(note.place.environment)-\(note.promotion).md")
    }
}
