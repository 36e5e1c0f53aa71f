internal import CNcurses
package import Console
internal import Glibc
internal import Platform
internal import PromotionCore

/// The one loop of a console: it owns the terminal, and waits for keys, signals, the agent and the clock in one poll(2).
///
/// It decides nothing: what comes in goes to the screen, what the screen wants is carried out. While nothing happens it sleeps.
package final class TerminalLoop<Screen: Interactive> {
    /// Connects to the agent without waiting: a socket, or why there is none. Called at the start and after each break.
    package typealias Connect = () -> Result<CInt, LinkRefusal>

    /// What is shown, as it has become.
    package internal(set) var screen: Screen

    let session: TerminalSession
    let signals: SignalPipe?
    let connect: Connect?
    var painter: Painter
    var size: Size
    var decoder = KeyDecoder()
    /// When the decoder's wait began, and when anything was last read.
    var lastByte = Milliseconds.zero
    var lastRead = Milliseconds.zero
    var hearing = Hearing.open
    var schedule = PaintSchedule()
    var link: AgentLink?
    var linkedAt: Milliseconds?
    var backoff = Backoff()
    var reconnectAt: Milliseconds?
    /// The time that the screen is told.
    var clock = ScreenClock()
    var ending: Ending?
    /// Lines of the agent so far: its welcome, its board, and then changes.
    var linesTaken = 0
    private var hasSettled = false

    /// Whether keys are meant for what is on the screen.
    enum Hearing: Hashable {
        case open
        /// Keys are early until the picture is out and that long after it; leaves to `deaf`.
        case closing(Milliseconds)
        /// Keys are early; leaves to `open` at that moment.
        case deaf(until: Milliseconds)
    }

    /// - Parameters:
    ///   - signals: made before the session; nil leaves signals alone.
    ///   - connect: nil for a screen without an agent.
    package init(session: TerminalSession, signals: SignalPipe?, screen: Screen, connect: Connect? = nil) {
        self.session = session
        self.signals = signals
        self.screen = screen
        self.connect = connect
        size = session.size
        painter = Painter(palette: session.palette, glyphs: session.glyphs, size: size)
    }

    /// Runs until the operator leaves, a signal comes or the terminal goes, then closes the session.
    package func run() -> Ending {
        painter.resize(to: size)
        screen.handle(.resized(size), at: clock.time())
        settle(urgently: true)
        openLink()
        var end = ending
        while end == nil {
            turn()
            end = ending
        }
        link = nil
        if end == .terminalGone { session.abandon() } else { session.close() }
        return end ?? .finished
    }

    /// Paints, waits, and takes what has come.
    private func turn() {
        paintIfDue(at: Clocks.monotonic)
        if ending != nil { return }
        giveBackOnce()
        let wall = clock.time()
        let wake = screen.nextWake(after: wall)
        var polled = descriptors
        let count = poll(&polled, nfds_t(polled.count), timeout(wall: wall, wake: wake))
        if count > 0 {
            if polled[1].revents != 0 { takeSignals() }
            if ending == nil { takeTerminal(polled[0].revents) }
            if ending == nil { takeLink(polled[2]) }
        }
        if ending == nil { takeTime(wake: wake) }
    }

    /// Starting, and reading the first board, touch several times the code that a console needs from then on. It waits for keys
    /// for hours: what it does not need is given back.
    private func giveBackOnce() {
        guard !hasSettled, linesTaken >= 2, schedule.due == nil, session.output.isEmpty else { return }
        hasSettled = true
        cn_pages_give_back()
    }

    private var descriptors: [pollfd] {
        let output = session.output.isEmpty ? 0 : Int16(POLLOUT)
        let linkOutput = link?.wantsToWrite == true ? Int16(POLLOUT) : 0
        return [
            pollfd(fd: session.device.descriptor, events: Int16(POLLIN) | output, revents: 0),
            pollfd(fd: signals?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: link?.descriptor ?? -1, events: Int16(POLLIN) | linkOutput, revents: 0),
        ]
    }

    /// Milliseconds until something is due without anything happening; -1 for never.
    private func timeout(wall: Timestamp, wake: Timestamp?) -> CInt {
        let now = Clocks.monotonic
        var due: [Milliseconds] = []
        if session.output.isEmpty, let paint = schedule.due { due.append(paint) }
        if let patience = decoder.patience { due.append(lastByte + patience) }
        if case .deaf(let until) = hearing { due.append(until) }
        if let reconnectAt { due.append(reconnectAt) }
        // At least a pause, against a screen that wants to wake in the past; at most a minute, for wall time may be set.
        if let wake { due.append(now + min(max(wake - wall, PaintSchedule.pause), .minutes(1))) }
        guard let first = due.min() else { return -1 }
        return CInt(clamping: max(0, first.count - now.count))
    }

    /// What has come due: the rest of a key, hearing again, the screen's own wake, the agent.
    private func takeTime(wake: Timestamp?) {
        let now = Clocks.monotonic
        if let patience = decoder.patience, now >= lastByte + patience { hear(decoder.timeout()) }
        if case .deaf(let until) = hearing, now >= until {
            hearing = .open
            screen.tick(at: clock.time())
            settle(urgently: true)
        }
        if let wake, case let wall = clock.time(), wall >= wake {
            screen.tick(at: wall)
            settle(urgently: false)
        }
        if let reconnectAt, now >= reconnectAt { openLink() }
    }

    /// Carries out what a call of the screen has led to.
    func settle(urgently: Bool) {
        send(screen.takeOutgoing())
        for effect in screen.takeEffects() { perform(effect) }
        if urgently { schedule.wantNow() } else { schedule.want() }
        if screen.isFinished && ending == nil { ending = .finished }
    }

    private func perform(_ effect: TerminalEffect) {
        switch effect {
        case .bell: session.bell()
        case .repaint: repaint()
        case .deaf(let span): hearing = .closing(span)
        case .copy(let text): session.copy(text)
        case .write(let bytes, let path, let isFirst):
            do throws(SystemFault) { try GrowingFile.append(bytes, to: path, isFirst: isFirst) } catch {
                screen.failedToWrite(SafeText("\(error)", limit: 300), at: clock.time())
            }
        }
    }

    private func paintIfDue(at now: Milliseconds) {
        sendOutput()
        if ending == nil, session.output.isEmpty, let due = schedule.due, due <= now {
            painter.paint(screen.frame(for: size))
            session.output.collect()
            schedule.painted(at: now)
            sendOutput()
        }
    }
}
