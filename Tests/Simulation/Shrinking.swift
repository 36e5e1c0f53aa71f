/// Cuts a failing script down to what it needs to fail, so that a reader can follow it.
package struct Shrinking {
    /// The promise that is broken: the words up to the colon.
    private let promise: Substring
    private var best: Episode.Report
    private var triesLeft: Int

    /// The smallest script found that breaks the same promise, with its story.
    /// - Parameter tries: runs at most.
    package static func shrink(_ report: Episode.Report, tries: Int = 600) -> Episode.Report {
        guard let violation = report.violations.first else { return report }
        var shrinking = Shrinking(promise: violation.prefix { $0 != ":" }, best: report, triesLeft: tries)
        shrinking.shrink()
        return Episode.run(shrinking.best.script, isTold: true)
    }

    private mutating func shrink() {
        var before = -1
        while before != size, triesLeft > 0 {
            before = size
            cutDecisions()
            dropMishaps()
            silenceStrikes()
            simplify()
        }
    }

    private var size: Int { best.script.decisions.count + best.struck.count + best.script.odds.count }

    /// Keeps a script that still breaks the promise.
    private mutating func keepIfBroken(_ script: Script) -> Bool {
        guard triesLeft > 0 else { return false }
        triesLeft -= 1
        let report = Episode.run(script)
        guard report.violations.contains(where: { $0.hasPrefix(promise) }) else { return false }
        best = report
        return true
    }

    /// Leaves out halves, quarters and so on of the decisions, down to single ones.
    private mutating func cutDecisions() {
        var length = max(1, best.script.decisions.count / 2)
        while true {
            var start = 0
            while start < best.script.decisions.count {
                var script = best.script
                script.decisions.removeSubrange(start..<min(start + length, script.decisions.count))
                if !keepIfBroken(script) { start += length }
            }
            if length == 1 { return }
            length /= 2
        }
    }

    private mutating func dropMishaps() {
        for mishap in Mishap.allCases where best.script.odds[mishap] != nil {
            var script = best.script
            script.odds[mishap] = nil
            _ = keepIfBroken(script)
        }
    }

    /// Silences mishaps that struck, many at once at first.
    private mutating func silenceStrikes() {
        var length = max(1, best.struck.count / 2)
        while !best.struck.isEmpty {
            var start = 0
            while start < best.struck.count, triesLeft > 0 {
                var script = best.script
                script.silenced.formUnion(best.struck[start..<min(start + length, best.struck.count)])
                if !keepIfBroken(script) { start += length }
            }
            if length == 1 || triesLeft == 0 { return }
            length /= 2
        }
    }

    /// Plain rules and healthy releases, where they break the promise too.
    private mutating func simplify() {
        var script = best.script
        script.rules = Script.Rules()
        if best.script.rules != script.rules { _ = keepIfBroken(script) }
        if best.script.blindness != nil {
            var script = best.script
            script.blindness = nil
            _ = keepIfBroken(script)
        }
        for index in best.script.sickness.indices where best.script.sickness[index] != nil {
            var script = best.script
            script.sickness[index] = nil
            _ = keepIfBroken(script)
        }
    }
}
