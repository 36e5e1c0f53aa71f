internal import Console
internal import Glibc
internal import PromotionCore

extension TerminalLoop {
    /// Tries to connect, and plans the next attempt if that fails.
    func openLink() {
        guard let connect, link == nil else { return }
        switch connect() {
        case .success(let descriptor):
            link = AgentLink(descriptor)
            reconnectAt = nil
            linkedAt = Clocks.monotonic
            screen.gainedLink(at: clock.time())
            settle(urgently: false)
        case .failure(let refusal):
            lose(refusal)
        }
    }

    /// Reads from and writes to the agent.
    func takeLink(_ polled: pollfd) {
        guard polled.revents != 0, link != nil, polled.fd == link?.descriptor else { return }
        do {
            if polled.revents & Int16(POLLOUT) != 0 { try link?.write() }
            if polled.revents & ~Int16(POLLOUT) != 0 { try receive() }
        } catch {
            lose(error)
        }
    }

    /// Frames for the agent; without a link they are dropped, never kept for later.
    func send(_ frames: [[UInt8]]) {
        guard !frames.isEmpty, link != nil else { return }
        do { try link?.send(frames) } catch { lose(error) }
    }

    /// What comes right after connecting is what somebody waits for; later lines are a stream.
    private var isFresh: Bool { linkedAt.map { Clocks.monotonic < $0 + Milliseconds(250) } ?? false }

    private func receive() throws(LinkRefusal) {
        let refusal = link?.read()
        while ending == nil, let line = try link?.nextLine() {
            backoff.succeed()
            linesTaken += 1
            screen.receive(line, at: clock.time())
            settle(urgently: isFresh)
        }
        if let refusal { throw refusal }
    }

    private func lose(_ refusal: LinkRefusal) {
        link = nil
        reconnectAt = Clocks.monotonic + backoff.next()
        screen.lostLink(refusal.reason, at: clock.time())
        settle(urgently: false)
    }
}
