internal import Glibc
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

    let descriptor: CInt
    private var incoming = LineBuffer(limit: frameLimit)
    private var outgoing: [UInt8] = []
    private var sentCount = 0

    /// Takes over a connected socket.
    init(_ descriptor: CInt) {
        self.descriptor = descriptor
        Descriptor.prepare(descriptor)
    }

    deinit { Glibc.close(descriptor) }

    var wantsToWrite: Bool { sentCount < outgoing.count }

    /// Reads what is there, at most 64 KiB.
    /// - Returns: why the link ended, once it has; lines that came before are still to be taken.
    mutating func read() -> LinkRefusal? {
        let descriptor = descriptor
        var failure: CInt = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.readSize) { buffer, count in
            let got = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            failure = got < 0 ? errno : 0
            count = max(0, got)
        }
        if failure == EAGAIN || failure == EINTR { return nil }
        // An agent that ends with something unread resets the connection: to the operator both are its end.
        if failure == ECONNRESET || (failure == 0 && bytes.isEmpty) { return LinkRefusal("the agent closed the connection") }
        if failure != 0 { return LinkRefusal("the connection to the agent broke: \(SystemFault.words(failure))") }
        incoming.append(bytes)
        return nil
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
            let written = outgoing.withUnsafeBytes { bytes in
                bytes.baseAddress.map { Glibc.send(descriptor, $0 + sentCount, bytes.count - sentCount, CInt(MSG_NOSIGNAL)) }
                    ?? 0
            }
            if written > 0 {
                sentCount += written
            } else if errno == EAGAIN {
                return
            } else if errno == EPIPE || errno == ECONNRESET {
                // The agent may have said why before it closed: reading tells, and ends the link.
                sentCount = outgoing.count
            } else if errno != EINTR {
                throw LinkRefusal("the connection to the agent broke: \(SystemFault.words(errno))")
            }
        }
        outgoing.removeAll(keepingCapacity: outgoing.capacity <= 64 * 1_024)
        sentCount = 0
    }
}
