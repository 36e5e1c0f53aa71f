/// What became of the files of a project after a promotion's end: a fact of the ledger.
package struct RecordsWritten: Hashable, Sendable, Codable {
    package let phase: FailureNote.Phase
    /// The end that the files tell of.
    package let end: FailureNote.End
    package let files: [File]

    /// One file, and what became of it.
    package struct File: Hashable, Sendable, Codable {
        package let path: ProjectPath
        package let outcome: Outcome

        package init(path: ProjectPath, outcome: Outcome) {
            self.path = path
            self.outcome = outcome
        }
    }

    /// What became of one file.
    package enum Outcome: Hashable, Sendable, Codable {
        case written
        /// It said so already, or a person took the mark away.
        case unchanged
        /// It was left as it is, and this is why.
        case refused(SafeText)
    }

    package init(phase: FailureNote.Phase, end: FailureNote.End, files: [File]) {
        self.phase = phase
        self.end = end
        self.files = files
    }

    /// The first file that was left as it is, with the reason.
    package var refusal: SafeText? {
        for file in files {
            if case .refused(let reason) = file.outcome { return "\(file.path): \(reason)" }
        }
        return nil
    }
}

/// A project's checkout: a directory whose files people and Baton write.
package protocol Checkout: Sendable {
    /// Where it is, for people.
    var location: SafeText { get }
    /// Applies a change of one file so that it is done whole or not at all, and no change of somebody else is lost.
    /// - Returns: whether anything was written.
    /// - Throws: `Fault.refused` for a file that must not or cannot be changed, `Fault.broke` where trying again may help.
    func apply(_ edit: DocumentEdit) async throws(Fault) -> Bool
}
