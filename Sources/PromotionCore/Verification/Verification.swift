/// The checks of an environment run again on what serves there: a fact of the ledger.
package struct Verification: Hashable, Sendable, Codable {
    package let digest: Digest
    package let slot: SlotName
    package let checks: [Checked]

    /// One check and what it came to.
    package struct Checked: Hashable, Sendable, Codable {
        package let check: CheckName
        package let title: SafeText
        package let verdict: Verdict
        /// Measurements that said yes, of those that were taken.
        package let passed: Int
        package let taken: Int
        package let latest: Measurement?

        package init(_ check: CheckSpecification, _ progress: CheckProgress, verdict: Verdict) {
            self.check = check.name
            title = check.title
            self.verdict = verdict
            passed = progress.passed
            taken = progress.taken
            latest = progress.latest
        }
    }

    package init(digest: Digest, slot: SlotName, checks: [Checked]) {
        self.digest = digest
        self.slot = slot
        self.checks = checks
    }

    /// The worst of its checks.
    package var verdict: Verdict { checks.map(\.verdict).max() ?? .void }

    /// The first check that was no pass, with its reason.
    package var reason: SafeText? {
        guard let bad = checks.first(where: { $0.verdict == verdict }), verdict != .pass else { return nil }
        return "\(bad.title): \(bad.latest?.result.words ?? "nothing was measured")"
    }

    /// What it proves about the digest in an environment: *failed* takes evidence back, *could not tell* says nothing.
    func evidence(in environment: EnvironmentName, by account: Account, at now: Timestamp) -> Evidence? {
        guard verdict == .pass || verdict == .fail else { return nil }
        return Evidence(
            digest: digest, environment: environment, source: .verification(account), at: now,
            passed: checks.count { $0.verdict == .pass }, total: checks.count, note: reason)
    }
}

/// What relied on evidence that no longer stands.
package struct Touched: Hashable, Sendable, Codable {
    /// A promotion that has not ended and took its right from that evidence.
    package struct Run: Hashable, Sendable, Codable {
        package let promotion: PromotionNumber
        package let environment: EnvironmentName
        package let state: String
    }

    /// An environment in which the release is, in a slot.
    package struct Holding: Hashable, Sendable, Codable {
        package let environment: EnvironmentName
        package let slot: SlotName
        package let serves: Bool
    }

    package let runs: [Run]
    package let holdings: [Holding]

    /// Nothing unless named.
    package init(runs: [Run] = [], holdings: [Holding] = []) {
        self.runs = runs
        self.holdings = holdings
    }

    package var isEmpty: Bool { runs.isEmpty && holdings.isEmpty }
}

extension ServiceProjection {
    /// What is touched when an image loses its evidence in an environment: promotions out of it that have not ended, and
    /// everything further along the path that holds the image.
    package func touched(byRevoking image: DigestSet, in name: EnvironmentName, of service: Service) -> Touched {
        let runs = promotions.filter { promotion in
            !promotion.hasEnded && promotion.plan.from == name && image.contains(promotion.plan.release.digest)
        }
        let behind = service.path.drop { $0.name != name }.dropFirst()
        let holdings = behind.flatMap { environment in
            let known = environments[environment.name]
            return environment.slots.compactMap { slot -> Touched.Holding? in
                guard let holding = known?.slots[slot], image.contains(holding.release.digest) else { return nil }
                let serves = known?.live == slot
                return Touched.Holding(environment: environment.name, slot: slot, serves: serves)
            }
        }
        return Touched(
            runs: runs.map {
                Touched.Run(promotion: $0.number, environment: $0.plan.place.environment, state: $0.state.words)
            }, holdings: holdings)
    }
}
