/// A switch that traffic has just gone through: for a while the release from before may still answer.
package struct Settling: Hashable, Sendable {
    /// What served before.
    package let before: DigestSet
    /// When the release from before must have ceased to answer.
    package let until: Timestamp

    package init(before: DigestSet, until: Timestamp) {
        self.before = before
        self.until = until
    }

    /// The same switch, where the wall clock was set since its time was read.
    package func shifted(by step: Milliseconds) -> Settling { Settling(before: before, until: until + step) }

    /// What a sample comes to that another release than the expected one answered; `nil` if the expected one did, or none.
    ///
    /// The release from before counts for nothing until the switch has settled, and is a failure afterwards. Any third release is a
    /// failure at once, whatever was asked.
    func result(of sample: Sample, expecting expected: DigestSet) -> Measurement.Result? {
        if case .none = sample.answer { return nil }
        let strangers = sample.identities.filter { !expected.contains($0) }
        guard let first = strangers.first else { return nil }
        if let third = strangers.first(where: { !before.contains($0) }) {
            return .fail("\(third.short()) answered, \(expected.top.short()) expected")
        }
        return sample.at < until
            ? .settling("\(first.short()) still answered; it may until \(until.clock)")
            : .fail("\(first.short()) still answered after the switch had settled at \(until.clock)")
    }
}
