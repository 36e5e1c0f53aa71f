internal import Dispatch

/// The signals that end the agent in order, taken over as soon as this exists.
///
/// Dispatch sources, not sigwait(3): the runtime has threads before any command runs, and a signal that only one of them does
/// not block ends the process at once.
final class EndingSignals {
    private let sources: [any DispatchSourceSignal]
    private let caught: AsyncStream<Void>
    private let notice: AsyncStream<Void>.Continuation

    init(_ numbers: [Int32]) {
        let (caught, notice) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let queue = DispatchQueue(label: "baton.signals")
        sources = numbers.map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { notice.yield() }
            source.activate()
            return source
        }
        self.caught = caught
        self.notice = notice
    }

    /// Lets `wait` return when this does, as if a signal had come.
    /// - Returns: the task that waits; the caller cancels it.
    func end(after event: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        Task { [notice] in
            await event()
            notice.yield()
        }
    }

    /// Returns once one of the signals has come.
    func wait() async {
        for await _ in caught { return }
    }

    deinit {
        for source in sources { source.cancel() }
    }
}
