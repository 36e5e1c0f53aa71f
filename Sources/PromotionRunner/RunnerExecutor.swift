internal import Dispatch

/// Runs the runner's jobs one at a time: as the runner's own executor, and as the preference of every task it begins.
package protocol RunnerExecutor: SerialExecutor, TaskExecutor {}

/// A serial queue of the runner's own: its decisions are made one after another and never wait for work elsewhere.
package final class RunnerQueue: RunnerExecutor {
    private let queue = DispatchQueue(label: "baton.runner")

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { [self] in
            job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
        }
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}
