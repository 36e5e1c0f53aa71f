/// What came back from one look, before anyone judges it.
package struct Sample: Hashable, Sendable, Codable {
    package let at: Timestamp
    /// What was asked, such as a URL.
    package let hit: SafeText
    /// Digests that the instances behind it said they run; empty where none said.
    package let identities: [Digest]
    package let answer: Answer
    package let latency: Milliseconds
    /// Raw evidence, bounded.
    package let evidence: SafeText

    package init(
        at: Timestamp, hit: SafeText, identities: [Digest], answer: Answer, latency: Milliseconds, evidence: SafeText
    ) {
        self.at = at
        self.hit = hit
        self.identities = identities
        self.answer = answer
        self.latency = latency
        self.evidence = evidence
    }

    /// What kind of answer came.
    package enum Answer: Hashable, Sendable, Codable {
        /// An HTTP status, and whether the body held the wanted text.
        case status(Int, bodyMatched: Bool)
        case exit(Int32)
        case connected
        /// Only the identities count.
        case identity
        /// How many of all instances said what they run.
        case instances(said: Int, of: Int)
        case health(SlotObservation.Health)
        /// A signal of the slot, and of the other one where it was compared.
        case signal(SlotSignal, beside: SlotSignal?)
        /// Nothing could be measured: refused, timed out, cut off.
        case none(SafeText)
    }
}

/// One judged measurement of a check.
package struct Measurement: Hashable, Sendable, Codable {
    package let sample: Sample
    package let result: Result

    package init(sample: Sample, result: Result) {
        self.sample = sample
        self.result = result
    }

    /// *Failed* says that the answer was no; *error* that there was no answer.
    package enum Result: Hashable, Sendable, Codable {
        case pass
        case fail(SafeText)
        case inconclusive(SafeText)
        case error(SafeText)
        /// Something else answered than what was to be measured.
        case void(SafeText)
        /// The release from before answered, which it may do for a while after a switch: the count begins anew.
        case settling(SafeText)
        case skipped(SafeText)
    }
}

extension CheckSpecification {
    /// Judges a sample of a slot that should run `expected`.
    ///
    /// A sample that proves another identity than the expected one says nothing about the release: it is void, save where
    /// the identity itself is the question, and after a switch.
    /// - Parameter settling: the switch that the sample comes after; `nil` if it comes after none.
    package func judge(_ sample: Sample, expecting expected: DigestSet, after settling: Settling? = nil) -> Measurement {
        let early = settling.flatMap { $0.result(of: sample, expecting: expected) }
        return Measurement(sample: sample, result: early ?? result(of: sample, expecting: expected))
    }

    private func result(of sample: Sample, expecting expected: DigestSet) -> Measurement.Result {
        let stranger = sample.identities.first { !expected.contains($0) }
        if case .none(let reason) = sample.answer { return .error(reason) }
        if case .runningDigest = kind {
            if sample.identities.isEmpty { return .inconclusive("no instance said which digest it runs") }
            if let stranger { return .fail("runs \(stranger.short()), expected \(expected.top.short())") }
            if case .instances(let said, let all) = sample.answer, said < all {
                return .inconclusive("\(all - said) of \(all) instances did not say which digest they run")
            }
            return .pass
        }
        if let stranger { return .void("\(stranger.short()) answered, \(expected.top.short()) expected") }
        switch (kind, sample.answer) {
        case (.http(_, let wanted, let limit, _), .status(let status, let bodyMatched)):
            if status != wanted { return .fail("status \(status), expected \(wanted)") }
            if !bodyMatched { return .fail("the body does not hold the expected text") }
            if let limit, sample.latency > limit { return .fail("\(sample.latency), limit \(limit)") }
            return .pass
        case (.smoke, .exit(let code)): return code == 0 ? .pass : .fail("exit \(code)")
        case (.tcp, .connected): return .pass
        case (.container, .health(let health)): return Self.result(of: health)
        case (.signal(let signal, _, let limit), .signal(let own, let other)):
            return signal.judge(own, beside: other, limit: limit, minimum: minimumSamples)
        case (.runningDigest, _), (.http, _), (.smoke, _), (.tcp, _), (.container, _), (.signal, _):
            return .error("the probe answered with another kind of result than was asked for")
        }
    }

    private static func result(of health: SlotObservation.Health) -> Measurement.Result {
        switch health {
        case .healthy: .pass
        case .starting: .skipped("it is starting")
        case .unhealthy(let reason): .fail(reason)
        case .empty: .fail("nothing runs there")
        case .unknown(let reason): .error(reason)
        }
    }
}
