internal import Platform
package import PromotionCore

/// Why there is no connection to the agent, as a sentence for the operator.
package struct LinkRefusal: Error, Hashable {
    package let reason: SafeText

    package init(_ reason: SafeText) { self.reason = reason }
}

/// A connection to the agent: lines in, lines out, both bounded, never waited for.
struct AgentLink: ~Copyable {
    /// Most bytes of one frame from the agent.
    static let frameLimit = Wire.answerLimit
    /// Most bytes that wait for an agent that does not read.
    static let outgoingLimit = 1_024 * 1_024
    /// Most bytes read before keys have their turn again.
    private static let readSize = 64 * 1_024

    let descriptor: Int32
    private var incoming = LineBuffer(limit: frameLimit)
    private var outgoing: [UInt8] = []
    private var sentCount = 0

    /// Takes over a connected socket.
    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        FileDescriptors.prepare(descriptor)
    }

    deinit { FileDescriptors.close(descriptor) }

    var wantsToWrite: Bool { sentCount < outgoing.count }

    /// Reads what is there, at most 64 KiB.
    /// - Returns: why the link ended, once it has; lines that came before are still to be taken.
    mutating func read() -> LinkRefusal? {
        var bytes: [UInt8] = []
        switch Transfer.receive(&bytes, limit: Self.readSize, from: descriptor, Self.name) {
        case .moved: incoming.append(bytes)
        case .notNow: break
        // An agent that ends with something unread resets the connection: to the operator both are its end.
        case .ended: return LinkRefusal("the agent closed the connection")
        case .failed(let fault): return Self.broken(fault)
        }
        return nil
    }

    private static let name = "the agent's socket"

    private static func broken(_ fault: SystemFault) -> LinkRefusal {
        LinkRefusal("the connection to the agent broke: \(SafeText(fault.reason))")
    }

    /// The next whole line from the agent; nil if none has come whole.
    mutating func nextLine() throws(LinkRefusal) -> [UInt8]? {
        do {
            return try incoming.next()
        } catch {
            throw LinkRefusal("the agent sent a message of more than \(Self.frameLimit / 1_048_576) MiB")
        }
    }

    /// Queues frames and writes what the socket takes.
    mutating func send(_ frames: [[UInt8]]) throws(LinkRefusal) {
        for frame in frames {
            outgoing.append(contentsOf: frame)
            outgoing.append(0x0A)
        }
        try write()
        if outgoing.count - sentCount > Self.outgoingLimit { throw LinkRefusal("the agent does not read what it is sent") }
    }

    /// Writes what is queued, as much as the socket takes.
    mutating func write() throws(LinkRefusal) {
        while wantsToWrite {
            switch Transfer.send(outgoing[sentCount...], to: descriptor, Self.name) {
            case .moved(let count): sentCount += count
            case .notNow: return
            // The agent may have said why before it closed: reading tells, and ends the link.
            case .ended: sentCount = outgoing.count
            case .failed(let fault): throw Self.broken(fault)
            }
        }
        outgoing.removeAll(keepingCapacity: outgoing.capacity <= 64 * 1_024)
        sentCount = 0
    }
}
