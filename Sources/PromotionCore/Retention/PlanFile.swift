/// A plan in the form of its file: sorted keys, whole numbers, times as RFC 3339 in UTC seconds.
package struct PlanFile: Codable, Sendable {
    private let format: String
    private let repository: RepositoryName
    private let services: [ServiceName]
    private let made: String
    private let sequence: Int64
    private let rules: RetentionRules
    private let capabilities: RegistryCapabilities
    private let snapshotHash: Digest
    private let keep: [RetentionPlan.Kept]
    private let quarantine: [RetentionPlan.Item]
    private let delete: [RetentionPlan.Item]
    private let skipped: [RetentionPlan.Skipped]
    private let rescue: [RetentionPlan.Skipped]
    private let dangling: [Tag]
    private let refused: [RetentionPlan.Refusal]

    /// The file of a plan.
    package init(_ plan: RetentionPlan) {
        format = plan.format
        repository = plan.repository
        services = plan.services
        made = plan.made.description
        sequence = plan.sequence
        rules = plan.rules
        capabilities = plan.capabilities
        snapshotHash = plan.snapshotHash
        keep = plan.keep
        quarantine = plan.quarantine
        delete = plan.delete
        skipped = plan.skipped
        rescue = plan.rescue
        dangling = plan.dangling
        refused = plan.refused
    }

    /// The plan of a file.
    /// - Throws: `PlanFileError` for another format or a time that is none.
    package func plan() throws(PlanFileError) -> RetentionPlan {
        guard format == RetentionPlan.format else { throw .format(SafeText(format, limit: 80)) }
        guard let made = Timestamp(parsing: made) else { throw .time(SafeText(made, limit: 80)) }
        return RetentionPlan(
            format: format, repository: repository, services: services, made: made, sequence: sequence, rules: rules,
            capabilities: capabilities, snapshotHash: snapshotHash, keep: keep, quarantine: quarantine, delete: delete,
            skipped: skipped, rescue: rescue, dangling: dangling, refused: refused)
    }
}

/// Why a file is no plan.
package enum PlanFileError: Error, Hashable, Sendable, CustomStringConvertible {
    case format(SafeText)
    case time(SafeText)

    package var description: String {
        switch self {
        case .format(let text): "\"\(text)\" is not the format of a retention plan: \(RetentionPlan.format) is"
        case .time(let text): "\"\(text)\" is not a time: write 2026-08-24T14:02:11Z"
        }
    }
}
