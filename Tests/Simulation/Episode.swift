internal import Fixtures
internal import PromotionCore
internal import PromotionRunner

/// One seeded run: a world that goes wrong in every way it can, people who press anything, agents that die.
package struct Episode {
    /// What came of it.
    package struct Report: Sendable {
        package let script: Script
        package var promotions = 0
        package var requests = 0
        package var entries = 0
        package var agents = 0
        package var staleRefusals = 0
        package var outcomes: [String: Int] = [:]
        package var coverage = Coverage()
        package var strikes: [Mishap: Int] = [:]
        package var troubles: [Trouble: Int] = [:]
        /// Every mishap that struck, in order.
        package var struck: [Mishaps.Strike] = []
        /// What broke a promise, in words; empty in a right run.
        package var violations: [String] = []
        /// What happened, in words; empty where nobody asked for it.
        package var story: [String] = []
        /// A number that two runs of one script share.
        package var fingerprint: String { "\(entries) \(agents) \(outcomes.sorted { $0.key < $1.key }) \(struck) \(violations)" }
    }

    private let script: Script
    private let operation: Operation
    private var report: Report
    private let releases: [Release]

    private init(_ script: Script, isTold: Bool) {
        self.script = script
        operation = Operation(seed: script.seed, services: script.rules.services, isNew: script.rules.isNew)
        releases = (1...Script.releaseCount).map { Fixtures.release("candidate \($0)", tag: "v2.4\($0).0-rc.1") }
        report = Report(script: script)
        operation.world.with { state in
            state.isThorough = script.isThorough
            state.looksAreQuick = script.looksAreQuick
            state.isQuiet = script.isQuiet
            state.hasReceiver = script.hasReceiver
            if isTold { state.story = [] }
        }
    }

    /// Runs one seed; the same seed always gives the same report.
    package static func run(seed: UInt64) -> Report { run(Script(seed: seed)) }

    /// Runs a script.
    /// - Parameter isTold: whether what happens is put into words.
    package static func run(_ script: Script, isTold: Bool = false) -> Report {
        var episode = Episode(script, isTold: isTold)
        episode.play()
        return episode.report
    }

    private mutating func play() {
        for (release, sickness) in zip(releases, script.sickness) {
            operation.world.push(release)
            operation.world.with { $0.sick[release.digest] = sickness }
        }
        if script.hasNumberedTag, let number = releases[0].digest.short(4).asTag {
            operation.world.with { state in
                for repository in state.places.keys { state.tags[repository, default: [:]][number] = releases[1].digest }
            }
        }
        begin()
        operation.world.with { state in
            state.mishaps.odds = script.odds
            state.mishaps.silenced = script.silenced
        }
        for decision in script.decisions {
            carryOut(decision)
            check()
        }
        settle()
        if operation.world.executor.spins {
            operation.world.with { $0.check("Time goes on: work at one moment never came to an end") }
        }
        count()
        operation.finish()
    }

    /// Starts the first agent; in some worlds it cannot read everything for a while.
    private mutating func begin() {
        guard let blindness = script.blindness else { return operation.startAgent() }
        operation.world.tell("not everything can be read")
        if blindness.isMistaken, !script.rules.isNew { try? operation.adoptFalsely(blindness.place) }
        operation.world.with { $0.blind(blindness, operation.world.now) }
        change { $0.startAgent() }
        pass(blindness.time)
        operation.world.with { $0.refusedLooks = [] }
    }

    private mutating func carryOut(_ decision: Decision) {
        operation.world.tell("\(decision)")
        switch decision {
        case .person(let person, let deed):
            report.requests += 1
            press(deed, person)
        case .time(let time): pass(time)
        case .outage(let place, let time): operation.world.with { $0.outages[place] = operation.world.now + time }
        case .when(let place, let moment, let happening):
            operation.world.with { $0.ambushes.append(.init(place: place, moment: moment, happening: happening)) }
        case .work(let count): operation.world.executor.run(jobs: count, limit: operation.world.executor.now + .seconds(60))
        case .crash: change { $0.startAgent() }
        case .restart: change { $0.restart() }
        case .takeOver: change { $0.takeOver() }
        case .secondAgent:
            guard operation.runner != nil, operation.startAnother() else { return }
            operation.world.with { $0.check("One agent owns a ledger: a second one was started") }
        }
    }

    /// Lets time go by, and has done at once what has come to its moment.
    private mutating func pass(_ time: Milliseconds) {
        let (world, end) = (operation.world, operation.world.executor.now + time.duration)
        while world.executor.run(until: { world.with { !$0.due.isEmpty } }, limit: end) {
            let due = world.with { state in
                defer { state.due = [] }
                return state.due
            }
            for happening in due {
                switch happening {
                case .person(let person, let deed): press(deed, person)
                case .crash: change { $0.startAgent() }
                case .takeOver: change { $0.takeOver() }
                case .trouble: continue
                }
            }
        }
        world.executor.advance(to: end)
    }

    /// Changes the agent; one that cannot be started is tried again, as a supervisor does.
    private mutating func change(_ step: (Operation) -> Void) {
        step(operation)
        for _ in 0..<30 where operation.runner == nil {
            operation.pass(.seconds(1))
            operation.startAgent()
        }
        if operation.runner == nil { operation.world.with { $0.check("An agent can always be started again: 30 tries failed") } }
    }

    /// A person asks, and does not wait for the answer before the next thing happens.
    private func press(_ deed: Deed, _ person: Person) {
        guard let runner = operation.runner else { return }
        let world = operation.world
        let desk = Desk(runner: runner, person: person, releases: releases, services: operation.services, world: world)
        operation.begin {
            let answer = await desk.carry(out: deed)
            world.tell("  \(person.rawValue) is told: \(answer.words)")
            guard case .started(let number) = answer else { return }
            switch deed {
            case .promoteUnseen: world.with { $0.check("Only a plan that was seen is started: promotion \(number)") }
            default: return
            }
        }
    }

    /// What goes wrong ends; whatever is under way must end, or wait for a person that the state names.
    private mutating func settle() {
        operation.world.with { state in
            state.mishaps.odds = [:]
            state.outages = [:]
            state.ambushes = []
            state.troubles = [:]
        }
        operation.world.tell("nothing goes wrong any more")
        change { $0.startAgent() }
        let viewer = operation.runner.map { Viewer($0, operation) }
        for _ in 0..<300 where hasUnfinished { operation.pass(.seconds(2)) }
        stopAutomation()
        for _ in 0..<300 where hasUnfinished { operation.pass(.seconds(2)) }
        operation.pass(.seconds(3))
        check()
        let seen = viewer?.sequence
        let board = operation.board()
        operation.world.with { state in
            let last = state.entries.last?.sequence
            state.check(seen == last ? nil : "Viewers are told of every entry: at \(seen ?? 0) of \(last ?? 0)")
            let reading = operation.world.reading
            let moment = AtRest(projection: state.witness.projection, board: board, world: state, reading: reading)
            let breaches = Promises.atRest.map { $0.breach(moment) }
            for breach in breaches { state.check(breach) }
        }
    }

    /// Whether something is under way that is expected to end by itself.
    private var hasUnfinished: Bool {
        operation.world.with { state in
            state.witness.projection.unfinished.contains { $0.state != .rollbackFailed } || state.owesTags
                || state.witness.projection.joints.contains { $0.isUnderWay && $0.state != .undoFailed } || state.owesNotices
        }
    }

    /// Somebody stops what would begin again and again by itself.
    private func stopAutomation() {
        guard script.rules.isAutomated else { return }
        for service in operation.services {
            for environment in service.path {
                let place = Place(service.name, environment.name)
                let answer = operation.ask(.stopAutomation(place, reason: Desk.reason), by: Person.carol.account)
                operation.world.with {
                    $0.check(answer == .accepted ? nil : "Automation can always be stopped: \(place) cannot")
                }
            }
        }
    }

    /// What viewers are shown is what the ledger says. Every entry is compared now and then, its end always.
    private func check() {
        guard let runner = operation.runner,
            case .board(let board)? = operation.await({
                await runner.answer(.view(.board), by: Fixtures.alice)
            })
        else { return }
        let isThorough = script.isThorough
        operation.world.with { state in
            let told = state.witness.projection
            // An entry that may or may not be written is in the ledger before its agent knows.
            guard board.projection.head.sequence == told.head.sequence else { return }
            let isSame = board.projection.head == told.head && (!isThorough || board.projection == told)
            state.check(
                isSame ? nil : "What viewers are shown is the fold of the ledger: it is not at entry \(told.head.sequence)")
        }
    }

    private mutating func count() {
        let script = script
        report = operation.world.with { state in
            var report = Report(script: script)
            for promotion in state.witness.projection.services.values.flatMap(\.promotions) {
                report.promotions += 1
                report.outcomes[promotion.state.words, default: 0] += 1
            }
            report.entries = state.entries.count
            report.agents = state.epoch
            report.staleRefusals = state.staleRefusals
            report.coverage = state.witness.coverage
            report.struck = state.mishaps.struck
            for strike in report.struck { report.strikes[strike.mishap, default: 0] += 1 }
            report.troubles = state.struck
            report.violations = state.violations
            report.story = state.story ?? []
            return report
        }
        report.requests = script.decisions.count { if case .person = $0 { true } else { false } }
    }
}
