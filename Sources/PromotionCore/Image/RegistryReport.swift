/// What was found out about a repository before anything is promoted out of it, or into it.
package struct RegistryReport: Hashable, Sendable, Codable {
    /// What was looked at.
    package enum Subject: String, Hashable, Sendable, Codable, CaseIterable {
        case reach, login, reading, pages, conditions, writing, tagDeletion, digestDeletion, referrers, immutability, limits,
            clock
    }

    /// What it means for promotions.
    package enum Verdict: String, Hashable, Sendable, Codable {
        /// As it should be.
        case good
        /// Something is not there that is not needed for promotions.
        case noted
        /// Promotions will fail by it.
        case bad
        /// It could not be found out.
        case unknown
    }

    /// One thing that was looked at.
    package struct Finding: Hashable, Sendable, Codable {
        package let subject: Subject
        package let verdict: Verdict
        package let words: SafeText
        /// What a person can do; `nil` if nothing has to be done.
        package let remedy: SafeText?

        package init(_ subject: Subject, _ verdict: Verdict, _ words: SafeText, remedy: SafeText? = nil) {
            self.subject = subject
            self.verdict = verdict
            self.words = words
            self.remedy = remedy
        }
    }

    package let home: ImageHome
    package let findings: [Finding]

    package init(home: ImageHome, findings: [Finding]) {
        self.home = home
        self.findings = findings
    }

    /// Whether nothing was found by which promotions will fail.
    package var isGood: Bool { !findings.contains { $0.verdict == .bad } }
}
