import Fixtures
import PromotionCore
import Remotes
import Testing

/// Registries and images as they are found: what each does to the uses of one image.
@Suite(.enabled(if: RealRegistry.isInstalled, "docker-registry is not installed: make setup"))
struct `Registries and images as they are` {
    /// What came of one row.
    private struct Outcome: Sendable {
        let position: Int
        let said: String
        let uses: [FieldUse: String]
    }

    @Test func `stop what the table says, and nothing else`() async throws {
        let groups = try FieldCase.groups.get()
        let rows = groups.flatMap(\.1)
        let outcomes = try await Self.outcomes(of: rows)
        for (row, outcome) in zip(rows, outcomes) {
            for use in FieldUse.allCases {
                let words = outcome.uses[use] ?? ""
                let isStopped = ["refused:", "broke:", "unknown:", "failed:", "deletes nothing:"].contains { words.hasPrefix($0) }
                #expect(isStopped == row.stops.contains(use), "\(row.what), \(use.rawValue): \(words)")
            }
        }
        var text = Self.heading
        var position = 0
        for (heading, group) in groups {
            text += "\n## \(heading)\n\n\(Self.columns)"
            for row in group {
                text += Self.line(row, outcomes[position])
                position += 1
            }
        }
        #expect(try KeptText.document("registries.md").kept(writing: text) == text, "make docs writes it anew")
    }

    @Test func `are cited where others reported them`() throws {
        let rows = try FieldCase.groups.get().flatMap(\.1)
        #expect(Set(rows.map(\.what)).count == rows.count)
        #expect(Set(rows.compactMap(\.report)).count >= 25)
    }

    private static let heading = """
        # Registries and images as they are

        What registries and other tools are known to do, each run against a real docker-registry 2.8 by the tests, which write this
        page: the words are the program's own. A row's image is the candidate of a service; what the row speaks of is the registry's
        habit, another thing in the repository, or the candidate itself.

        *Baton says* is what the log is told once. *testing → prod* reads the candidate and moves `prod` and the release tag to it;
        *home of its own* copies it to another repository; *signature rule* asks for a signature and an image that does not run as
        root; *passport* attaches one and reads it back; *retention* reads everything that decides whether something may be deleted.

        """

    private static let columns = """
        | What comes | Reported | Baton says | \(FieldUse.allCases.map(\.rawValue).joined(separator: " | ")) |
        |---|---|---|\(String(repeating: "---|", count: FieldUse.allCases.count))

        """

    private static func line(_ row: FieldCase, _ outcome: Outcome) -> String {
        let report = row.report.map { "[report](\($0))" } ?? ""
        let uses = FieldUse.allCases.map { outcome.uses[$0] ?? "" }.joined(separator: " | ")
        return "| \(row.what) | \(report) | \(outcome.said) | \(uses) |\n"
    }

    /// Rows beside each other, a few at a time: each has a registry of its own.
    private static func outcomes(of rows: [FieldCase]) async throws -> [Outcome] {
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            var (next, found): (Int, [Outcome]) = (0, [])
            func begin(_ group: inout ThrowingTaskGroup<Outcome, any Error>) {
                guard next < rows.count else { return }
                let (position, row) = (next, rows[next])
                group.addTask {
                    let (said, uses) = try await FieldWorld(row).outcomes()
                    return Outcome(position: position, said: said, uses: uses)
                }
                next += 1
            }
            for _ in 0..<3 { begin(&group) }
            for try await outcome in group {
                found.append(outcome)
                begin(&group)
            }
            return found.sorted { $0.position < $1.position }
        }
    }
}
