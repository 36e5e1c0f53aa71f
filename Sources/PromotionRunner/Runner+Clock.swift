internal import PromotionCore

extension Runner {
    /// Says that this agent has started and what both clocks are, after a step that the wall clock took while no agent ran.
    func beginCounting(version: SafeText) async throws {
        let reading = time.reading
        if let earlier = board.projection.clock, let length = reading.step(since: earlier) {
            let step = ClockStep(by: length, reading: reading, wasAway: true)
            try await record(.clockStepped(step), by: identity)
            doubtClock(after: step)
        }
        try await record(.agentStarted(version: version, clock: reading), by: identity)
    }

    /// How often the two clocks are compared where nothing is recorded meanwhile.
    private static let clockRound = Milliseconds.seconds(2)

    /// Compares the clocks, so that a step of the wall clock is known soon after it was taken.
    func watchClock() {
        observers.append(
            Task(executorPreference: time.executor) { [weak self, time] in
                while !Task.isCancelled {
                    await time.wait(Self.clockRound)
                    guard time.step != nil, !Task.isCancelled else { continue }
                    await self?.noteClock()
                }
            })
    }

    /// Has every wait counted anew, from the clocks as they are now.
    func recountWaits() {
        for mailbox in mailboxes.values { mailbox.put(.clockStepped) }
    }
}
