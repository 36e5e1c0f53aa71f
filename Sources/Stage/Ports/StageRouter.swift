internal import Platform
internal import PromotionCore

/// The router as the rest of the stage sees it: asked over its socket, started again where it is dead.
struct StageRouter: Sendable {
    let directory: StageDirectory
    let executable: StageExecutable

    /// What the router said.
    struct Report: Hashable, Sendable {
        let table: RoutingTable
        let inFlight: [RouterAnswer.InFlight]
        var traffic: [RouterAnswer.TrafficOfSlot] = []
    }

    /// Asks; where the router is dead or dying it is started and asked once more.
    ///
    /// Asking again is harmless: every message states a wanted end, and the fence keeps out what has been overtaken. A killed
    /// router takes connections for a moment after it has ended, until the kernel closes its socket.
    /// - Throws: `Fault.refused` for its no, `Fault.unknown` where no answer came in time, `Fault.broke` where it cannot run.
    func ask(_ request: RouterRequest) async throws(Fault) -> Report {
        switch await answer(to: request) {
        case .success(let answer): return try Self.report(answer)
        case .failure(.noAnswer): throw Self.silent
        // Whoever stopped waiting says nothing about the router: it is left alone.
        case .failure where Task.isCancelled: throw Self.silent
        case .failure(let first):
            try await start()
            switch await answer(to: request) {
            case .success(let answer): return try Self.report(answer)
            case .failure(.notListening) where first == .notListening:
                throw Fault(.broke, "the router does not listen at \(directory.routerSocket)")
            case .failure: throw Self.silent
            }
        }
    }

    /// Starts the router unless it listens already, and waits until it does.
    func start() async throws(Fault) {
        if await isListening(within: .zero) { return }
        if let process = process, process.isAlive {
            if await isListening(within: .seconds(1)) { return }
            if Task.isCancelled { throw Fault(.broke, "stopped while the router was looked for") }
            await process.end(patience: .seconds(1))
        }
        do throws(StageError) {
            guard directory.exists else { throw .removed(path: SafeText(directory.path)) }
            try directory.make()
            _ = try executable.start(["stage-router", "--directory", directory.path], log: directory.routerLog)
        } catch { throw error.fault }
        guard await isListening(within: .seconds(5)) else {
            throw Fault(.broke, "the router does not come up; see \(directory.routerLog)")
        }
    }

    /// Ends the router.
    func end() async {
        await process?.end(patience: .seconds(6))
        try? StageFile.remove(directory.routerProcess)
    }

    /// Waits until no request is under way at a port, or the time is up.
    func settle(_ port: Int, within limit: Duration) async {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            guard let report = try? await ask(.read), report.inFlight.contains(where: { $0.port == port }) else { return }
            do { try await Task.sleep(for: .milliseconds(10)) } catch { return }
        }
    }

    private static let silent = Fault(.unknown, "the router did not answer in time: whether it changed is not known")

    private var client: RouterClient { RouterClient(directory: directory) }

    private var process: ProcessIdentity? { try? StageFile.decode(ProcessIdentity.self, from: directory.routerProcess) }

    private func isListening(within limit: Duration) async -> Bool {
        let deadline = ContinuousClock.now + limit
        repeat {
            if case .routing? = try? await client.ask(.read) { return true }
            UnwaitedChildren.collect()
            do { try await Task.sleep(for: .milliseconds(5)) } catch { return false }
        } while ContinuousClock.now < deadline
        return false
    }

    private func answer(to request: RouterRequest) async -> Result<RouterAnswer, RouterClient.Failure> {
        do throws(RouterClient.Failure) { return .success(try await client.ask(request)) } catch { return .failure(error) }
    }

    private static func report(_ answer: RouterAnswer) throws(Fault) -> Report {
        switch answer {
        case .routing(let table, let inFlight): return Report(table: table, inFlight: inFlight)
        case .traffic(let traffic): return Report(table: RoutingTable(), inFlight: [], traffic: traffic)
        case .refused(let reason): throw Fault(.refused, reason)
        case .broke(let reason): throw Fault(.broke, reason)
        }
    }
}
