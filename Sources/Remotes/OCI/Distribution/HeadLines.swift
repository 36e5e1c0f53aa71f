internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import PromotionCore
internal import Synchronization

/// Kept connections for requests whose answer has no body.
///
/// What every tag of a repository names is asked for by thousands of HEADs, and what a general client does for each of them
/// costs more than the line and the parser together. Here a request is one write and its answer one read, on the loop that the
/// asker runs on; the library's own parts for TCP, TLS and HTTP do the rest. Nothing is decided here: redirects,
/// authorization and patience are `RegistryClient`'s.
final class HeadLines: Sendable {
    private let loop: any EventLoop
    private let limit: Int
    private let configuration: TLSConfiguration
    /// Lines by the address they lead to; touched on the loop alone.
    private let places: NIOLoopBoundBox<[RegistryAddress: Place]>
    private let security: NIOLoopBoundBox<NIOSSLContext?>
    private let lastNumber = Mutex(0)

    private struct Place {
        var free: [HeadLine] = []
        var busy: [HeadLine] = []
        /// Connections that are being made.
        var coming = 0
        var waiting: CircularBuffer<HeadAsk> = []

        var count: Int { free.count + busy.count + coming }
    }

    private static let connecting = TimeAmount.seconds(5)

    /// - Parameter limit: connections to one address.
    init(on loop: any EventLoop, limit: Int, _ configuration: TLSConfiguration) {
        self.loop = loop
        self.limit = max(1, limit)
        self.configuration = configuration
        security = NIOLoopBoundBox.makeBoxSendingValue(nil, eventLoop: loop)
        places = NIOLoopBoundBox.makeBoxSendingValue([:], eventLoop: loop)
    }

    /// Sends a HEAD and gives the head of its answer.
    /// - Throws: the library's error; `CancellationError` where nobody waits any longer.
    func answer(
        to head: HTTPRequestHead, at address: RegistryAddress, within deadline: Milliseconds
    ) async throws -> HTTPResponseHead {
        let due = NIODeadline.now() + .milliseconds(deadline.count)
        let number = lastNumber.withLock { last in
            last += 1
            return last
        }
        return try await withTaskCancellationHandler {
            await withCheckedContinuation { answer in
                let ask = HeadAsk(number: number, head: head, due: due, answer: answer)
                if loop.inEventLoop { take(ask, at: address) } else { loop.execute { self.take(ask, at: address) } }
            }
        } onCancel: {
            loop.execute { self.cancel(number, at: address) }
        }.get()
    }

    /// Ends every connection.
    func close() async {
        try? await loop.submit {
            let all = self.places.value.values
            self.places.value = [:]
            for place in all {
                for line in place.free + place.busy { line.give(up: HTTPClientError.cancelled) }
                for ask in place.waiting { ask.answer.resume(returning: .failure(HTTPClientError.cancelled)) }
            }
        }.get()
    }

    // MARK: On the loop

    private func take(_ ask: HeadAsk, at address: RegistryAddress) {
        var place = places.value.removeValue(forKey: address) ?? Place()
        if let line = place.free.popLast() {
            place.busy.append(line)
            places.value[address] = place
            return line.send(ask)
        }
        place.waiting.append(ask)
        let isMore = place.count < limit && place.coming < place.waiting.count
        if isMore { place.coming += 1 }
        places.value[address] = place
        if isMore { connect(address) }
    }

    private func cancel(_ number: Int, at address: RegistryAddress) {
        guard var place = places.value[address] else { return }
        if let line = place.busy.first(where: { $0.current == number }) { return line.give(up: CancellationError()) }
        guard let index = place.waiting.firstIndex(where: { $0.number == number }) else { return }
        let ask = place.waiting.remove(at: index)
        places.value[address] = place
        ask.answer.resume(returning: .failure(CancellationError()))
    }

    private func connect(_ address: RegistryAddress) {
        guard address.scheme == .https else { return connect(address, nil) }
        if let known = security.value { return connect(address, known) }
        // The authorities that are trusted are read from disk, so not on the loop.
        let configuration = configuration
        NIOThreadPool.singleton.runIfActive(eventLoop: loop) { try NIOSSLContext(configuration: configuration) }
            .whenComplete { result in
                switch result {
                case .success(let read):
                    self.security.value = read
                    self.connect(address, read)
                case .failure(let error): self.failed(error, to: address)
                }
            }
    }

    private func connect(_ address: RegistryAddress, _ security: NIOSSLContext?) {
        let line = NIOLoopBound(
            HeadLine { [weak self] line, end in self?.ended(line, end, at: address) }, eventLoop: loop)
        ClientBootstrap(group: loop)
            .connectTimeout(Self.connecting)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Self.furnish(channel.pipeline.syncOperations, line.value, address, security)
                }
            }
            .connect(host: address.host, port: address.port)
            .whenComplete { result in
                switch result {
                case .success: self.came(line.value, to: address)
                case .failure(ChannelError.connectTimeout): self.failed(HTTPClientError.connectTimeout, to: address)
                case .failure(let error): self.failed(error, to: address)
                }
            }
    }

    private static func furnish(
        _ pipeline: ChannelPipeline.SynchronousOperations, _ line: HeadLine, _ address: RegistryAddress,
        _ security: NIOSSLContext?
    ) throws {
        if let security {
            // A certificate names an address by number; there is no name to send then (RFC 6066, section 3).
            let name = address.host.contains(":") || AddressRule.isIPv4(address.host) ? nil : address.host
            try pipeline.addHandler(NIOSSLClientHandler(context: security, serverHostname: name))
        }
        try pipeline.addHandler(StatusLineBound())
        try pipeline.addHTTPClientHandlers()
        try pipeline.addHandler(line)
    }

    private func came(_ line: HeadLine, to address: RegistryAddress) {
        guard var place = places.value[address] else { return line.give(up: HTTPClientError.cancelled) }
        place.coming -= 1
        place.busy.append(line)
        places.value[address] = place
        ended(line, .free, at: address)
    }

    /// No connection came about: that is the answer of who waits longest, and of nobody else as long as others are there.
    private func failed(_ error: any Error, to address: RegistryAddress) {
        guard var place = places.value[address] else { return }
        place.coming -= 1
        let ask = place.waiting.popFirst()
        places.value[address] = place.count == 0 && place.waiting.isEmpty ? nil : place
        ask?.answer.resume(returning: .failure(error))
        more(at: address)
    }

    private func ended(_ line: HeadLine, _ end: HeadLine.End, at address: RegistryAddress) {
        guard var place = places.value.removeValue(forKey: address) else { return }
        place.busy.removeAll { $0 === line }
        place.free.removeAll { $0 === line }
        var next: HeadAsk?
        if case .free = end {
            next = place.waiting.popFirst()
            if next == nil { place.free.append(line) } else { place.busy.append(line) }
        }
        if place.count > 0 || !place.waiting.isEmpty { places.value[address] = place }
        if let next { line.send(next) }
        if case .gone = end { more(at: address) }
    }

    /// Opens a connection in place of one that is gone, where somebody waits for it.
    private func more(at address: RegistryAddress) {
        guard let place = places.value[address], place.coming < place.waiting.count, place.count < limit else { return }
        places.value[address]?.coming += 1
        connect(address)
    }
}
