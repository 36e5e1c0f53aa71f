internal import Logging
internal import PromotionCore

extension Runner {
    /// Begins to do what is owed after ends, and what is due by the clock.
    func attend() {
        if !aftermath.projects.isEmpty {
            observers.append(Task(executorPreference: time.executor) { [weak self] in await self?.keepRecords() })
        }
        if !aftermath.receivers.isEmpty {
            observers.append(Task(executorPreference: time.executor) { [weak self] in await self?.keepTelling() })
        }
        if !aftermath.verification.isEmpty {
            observers.append(Task(executorPreference: time.executor) { [weak self] in await self?.keepVerifying() })
        }
        bell.ring()
    }

    /// Writes what the ledger says is owed to the projects' files. It is asked anew each time, so that a crash forgets nothing.
    private func keepRecords() async {
        var patience = Patience()
        for await _ in bell.rings(for: .records) {
            if Task.isCancelled { return }
            if await writeOwedRecords() {
                patience.restore()
            } else {
                await time.wait(patience.grow())
                bell.ring()
            }
        }
    }

    /// - Returns: false where something is still owed and trying again may help.
    private func writeOwedRecords() async -> Bool {
        var isDone = true
        for (service, project) in aftermath.projects.sorted(by: { $0.key < $1.key }) {
            for (note, phase) in board.projection.services[service]?.owedRecords ?? [] {
                do {
                    let written = try await write(note, phase, in: project)
                    try await record(.recordsWritten(written), by: identity, place: note.place, promotion: note.promotion)
                } catch {
                    isDone = false
                    logger.warning(
                        "a failure was not written down yet", metadata: ["promotion": "\(note.promotion)", "reason": "\(error)"])
                }
            }
        }
        return isDone
    }

    /// - Throws: `Fault.broke` where trying again may help; what was refused for good is part of the result.
    private func write(
        _ note: FailureNote, _ phase: FailureNote.Phase, in project: Aftermath.Project
    ) async throws(Fault) -> RecordsWritten {
        var files: [RecordsWritten.File] = []
        for edit in note.edits(for: phase, at: project.paths) {
            let outcome: RecordsWritten.Outcome
            do throws(Fault) {
                outcome = try await project.checkout.apply(edit) ? .written : .unchanged
            } catch {
                guard error.kind == .refused else { throw error }
                outcome = .refused(error.reason)
            }
            files.append(RecordsWritten.File(path: edit.path, outcome: outcome))
        }
        return RecordsWritten(phase: phase, end: note.end, files: files)
    }
}
