internal import Agent
internal import LedgerStore
internal import Logging
internal import Platform
internal import PromotionCore
internal import PromotionRunner
internal import Remotes
internal import Settings
internal import Stage

/// The one place where parts are put together: a configuration becomes a running agent.
struct Composition {
    let installation: Installation
    let logger: Logger
    /// That the agent before this one died; `nil` if it did not.
    var restart: AgentRestart?

    /// An agent that runs: what has to be closed again, in this order.
    struct Running {
        let server: AgentServer
        let runner: Runner
        let ledger: SQLiteLedger
        let http: OutboundHTTP
        /// Clients of webhooks that trust an authority of their own.
        let webhooks: [OutboundHTTP]
        let registries: Registries

        func stop() async {
            await server.stop()
            await runner.stop()
            do { try ledger.close() } catch { Output.complain("\(error)") }
            await http.close()
            for client in webhooks { await client.close() }
            await registries.close()
        }
    }

    /// Opens the ledger, starts the runner and lets clients in.
    /// - Throws: `Ended` with what stands in the way.
    func start() async throws -> Running {
        let now = WallClock.now
        let identity = Account(
            name: AccountNames.name(ofUser: AccountDatabase.current), proof: .agent, host: AccountNames.host)
        let session = "\(ThisProcess.number)-\(now.millisecondsSinceEpoch)"
        let ownership = try LedgerOwnership.take(
            LedgerDirectory(installation.ledger),
            as: LedgerOwner(
                account: identity.name, process: ThisProcess.number, host: identity.host, session: "\(session)", since: now))
        let ledger = try SQLiteLedger.open(ownership)
        let http = OutboundHTTP()
        let registries = Registries(installation: installation, logger: logger)
        let wirings = try installation.settings.services.map { try wiring($0, http, registries) }
        let agent = AgentDescription(
            version: SafeText(Version.text), host: identity.host, process: ThisProcess.number, since: now, restart: restart)
        let time = TimeSource(clock: ContinuousClock(), read: { MachineClock.reading }, executor: RunnerQueue())
        var webhooks: [OutboundHTTP] = []
        let aftermath = try aftermath(&webhooks)
        let runner: Runner
        do {
            runner = try await Runner.start(
                wirings: wirings, ledger: ledger, leases: ledger, time: time, agent: agent, identity: identity, session: session,
                trust: trust, jointSets: installation.settings.jointSets, aftermath: aftermath, logger: logger)
        } catch {
            try? ledger.close()
            await http.close()
            throw error
        }
        let server = AgentServer(
            path: installation.socket, group: installation.group, engine: runner,
            roles: installation.settings.roles, agent: agent, logger: logger)
        do {
            try await server.start()
        } catch {
            await runner.stop()
            try? ledger.close()
            await http.close()
            throw error
        }
        return Running(server: server, runner: runner, ledger: ledger, http: http, webhooks: webhooks, registries: registries)
    }

    private func wiring(
        _ configured: ConfiguredService, _ http: OutboundHTTP, _ registries: Registries
    ) throws(Ended) -> ServiceWiring {
        let service = configured.service
        let registry = try registries.registry(of: configured)
        let homes = try registries.homes(of: configured)
        var places: [EnvironmentName: PlaceWiring] = [:]
        for environment in service.path {
            let place = Place(service.name, environment.name)
            guard let target = configured.targets[environment.name] else {
                throw Ended(.usage, "\(place) has no target; name one in the configuration")
            }
            switch target {
            case .stage(let directory):
                let stage = Self.stage(at: installation.path(directory), registry: homes[environment.name]?.registry ?? registry)
                places[environment.name] = PlaceWiring(
                    target: stage.target(for: place),
                    trafficSwitch: environment.slots.count > 1 ? stage.trafficSwitch(for: place) : nil,
                    front: stage.front(of: place), probe: HTTPProbe(http: http, now: { WallClock.now }),
                    signals: stage.signals(for: place),
                    copier: try registries.copier(into: environment.name, of: configured))
            }
        }
        let retention = RetentionWiring(
            rules: configured.retention.rules, schedule: configured.retention.schedule,
            files: RetentionDirectory(installation.state + "/retention"), pace: configured.retention.pace,
            looks: configured.retention.isWritten)
        return ServiceWiring(
            service: service, registry: registry, artifacts: registry, places: places, retention: retention, homes: homes,
            address: Registries.address(of: configured), rounds: Registries.rounds(of: configured))
    }

    /// A passport key that cannot be read keeps no agent from working: promotions say that they have no passport.
    private var trust: Trust {
        let passport = installation.settings.passport
        let signing: Trust.Signing
        do throws(PassportKeyError) {
            signing = try passport?.keyFile.map { path throws(PassportKeyError) in .by(try PassportKey(file: path)) } ?? .none
        } catch {
            logger.error("passports cannot be signed", metadata: ["reason": "\(error)"])
            signing = .broken(SafeText("\(error)"))
        }
        return Trust(signing: signing, keys: installation.settings.keys, passportKeys: passport?.trusted ?? [])
    }

    /// The embedded stage in a directory.
    static func stage(at directory: String, registry: (any Registry)? = nil) -> Stage {
        let place = StageDirectory(directory)
        return Stage(
            place, executable: StageExecutable(path: Installation.executable),
            registry: registry ?? StageLayouts(directory: place),
            now: { WallClock.now })
    }
}
