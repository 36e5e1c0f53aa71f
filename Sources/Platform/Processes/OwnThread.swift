internal import Glibc
internal import Synchronization

/// Work that blocks, on a thread of its own, so that it never holds one of the few threads that run tasks.
package enum OwnThread {
    /// Does the work and waits for its end, also when the task is cancelled.
    package static func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            start { continuation.resume(returning: work()) }
        }
    }

    /// Does the work and waits for its end or the task's cancellation.
    /// - Returns: `nil` if cancelled; the thread then ends in its own time, so the work must have a bound of its own.
    package static func abandonable<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value? {
        let waiting = Waiting<Value>()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiting.begin(continuation)
                start { waiting.end(work()) }
            }
        } onCancel: {
            waiting.end(nil)
        }
    }

    /// Runs on a new detached thread that takes no signals; on this one if the system has no more threads to give.
    /// - Parameter stackBytes: size of its stack; `nil` for the system's own.
    package static func start(stackBytes: Int? = nil, _ work: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Work(work))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        if let stackBytes { pthread_attr_setstacksize(&attributes, stackBytes) }
        // A new thread inherits the mask of the one that makes it.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, &attributes,
            { context in
                guard let context else { return nil }
                Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        if failure != 0 { box.takeRetainedValue().body() }
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// A continuation that the work and the cancellation race to resume.
    private final class Waiting<Value: Sendable>: Sendable {
        private enum State {
            case early
            case waiting(CheckedContinuation<Value?, Never>)
            case over
        }

        private let state = Mutex(State.early)

        func begin(_ continuation: CheckedContinuation<Value?, Never>) {
            let isOver = state.withLock { state in
                guard case .early = state else { return true }
                state = .waiting(continuation)
                return false
            }
            if isOver { continuation.resume(returning: nil) }
        }

        func end(_ value: Value?) {
            let continuation = state.withLock { state -> CheckedContinuation<Value?, Never>? in
                defer { state = .over }
                guard case .waiting(let continuation) = state else { return nil }
                return continuation
            }
            continuation?.resume(returning: value)
        }
    }
}
