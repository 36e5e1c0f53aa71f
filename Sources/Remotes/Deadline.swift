internal import PromotionCore

/// Does work, and cancels it when a time is up.
/// - Returns: nil where the time was up first; the work has ended then, so it must obey cancellation.
func withDeadline<Value: Sendable>(
    _ deadline: Milliseconds, clock: any Clock<Duration>, _ work: @escaping @Sendable () async -> Value
) async -> Value? {
    await withTaskGroup(of: Value?.self) { group in
        group.addTask { await work() }
        group.addTask {
            try? await clock.sleep(for: deadline.duration)
            return nil
        }
        let first = await group.next() ?? nil
        group.cancelAll()
        return first
    }
}
