internal import Console
internal import Glibc
internal import PromotionCore

extension TerminalLoop {
    /// Reads what was typed and writes what is pending.
    func takeTerminal(_ events: Int16) {
        if events & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 {
            ending = .terminalGone
        } else if events & Int16(POLLIN) != 0 {
            let bytes = readTyped()
            if !bytes.isEmpty { hear(decoder.feed(bytes)) }
        }
    }

    /// The bytes that have been typed, at most 4 KiB; the end of the terminal ends the loop.
    private func readTyped() -> [UInt8] {
        let descriptor = session.device.descriptor
        var failure: CInt = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 4_096) { buffer, count in
            let got = read(descriptor, buffer.baseAddress, buffer.count)
            failure = got < 0 ? errno : 0
            count = max(0, got)
        }
        switch failure {
        case 0:
            // A raw terminal never reads as empty: this is the end of one that hung up.
            if bytes.isEmpty { ending = .terminalGone }
            noteRead(bytes)
        case EAGAIN, EINTR: break
        default: ending = .terminalGone
        }
        return bytes
    }

    /// A paste waits for its end as long as its bytes keep coming; what fingers type meanwhile does not prolong it.
    private func noteRead(_ bytes: [UInt8]) {
        let now = Clocks.monotonic
        if decoder.isProlonged(by: bytes.count, after: Milliseconds(now.count - lastRead.count)) { lastByte = now }
        lastRead = now
    }

    /// Passes on what was typed; what comes before the screen can have been read is passed on as early.
    func hear(_ inputs: [TerminalInput]) {
        for input in inputs {
            guard ending == nil else { return }
            screen.handle(hearing == .open ? input : input.early, at: clock.time())
            settle(urgently: true)
        }
    }

    /// Writes what is pending; once it is all out, the time begins in which keys are too early.
    func sendOutput() {
        switch session.output.send() {
        case .gone: ending = .terminalGone
        case .stalled: break
        case .sent:
            guard case .closing(let span) = hearing, schedule.due == nil else { return }
            hearing = .deaf(until: Clocks.monotonic + span)
            takeTypedAhead()
        }
    }

    /// A key that was typed before the picture could be seen did not mean the picture. Its bytes are read, not flushed: whoever
    /// pressed Esc gets what they wanted, and the decoder does not lose its place in a paste.
    private func takeTypedAhead() {
        for _ in 0..<64 where ending == nil {
            let bytes = readTyped()
            if bytes.isEmpty { return }
            hear(decoder.feed(bytes))
        }
    }

    func takeSignals() {
        let numbers = signals?.take() ?? []
        if let ender = [SIGTERM, SIGQUIT, SIGINT, SIGHUP].first(where: numbers.contains) {
            ending = .signal(ender)
        } else if numbers.contains(SIGCONT) {
            session.resume()
            repaint()
        } else if numbers.contains(SIGWINCH) {
            takeSize()
        }
    }

    /// The whole picture again, at the size that the window has now.
    func repaint() {
        painter.forget()
        takeSize()
        schedule.wantNow()
    }

    private func takeSize() {
        let now = session.size
        guard now != size else { return }
        size = now
        painter.resize(to: now)
        screen.handle(.resized(now), at: clock.time())
        settle(urgently: true)
    }
}

extension TerminalInput {
    /// The same, if it came too early to be meant for what is on the screen.
    fileprivate var early: TerminalInput {
        switch self {
        case .key(let key): .early(key)
        case .early, .paste, .resized: self
        }
    }
}
