extension FailureNote {
    /// What a person does next, in one sentence that can be followed.
    package var nextStep: SafeText {
        let service = place.service
        let environment = place.environment
        let cause: SafeText = findings.first.map { "find out why \($0.check) said no" } ?? "find out what went wrong"
        switch end {
        case .failed where kind == .rollback:
            return "look at what \(environment) serves (baton status \(service)), then plan the rollback again"
        case .failed where during.isAfterTraffic:
            return
                "\(environment) still serves the release that failed: roll it back (R, or baton rollback), then \(cause) and build a new candidate"
        case .failed:
            return "\(cause), build a new candidate, and promote that; what \(environment) served was not changed"
        case .rolledBack:
            return
                "\(cause), build a new candidate, and promote that; \(rejected) stays refused in \(environment) until somebody lifts its veto (baton veto lift)"
        case .rolledBackUnverified:
            return
                "ask the service itself which digest \(environment) runs: Baton could not; then \(cause) and build a new candidate"
        case .rollbackFailed:
            return
                "act now: baton continue \(promotion) tries the rollback again, baton abort \(promotion) closes it once \(environment) was put right by hand"
        }
    }
}
