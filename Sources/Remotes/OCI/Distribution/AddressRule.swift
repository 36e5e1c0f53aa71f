internal import Platform
internal import PromotionCore

/// Hosts that a foreign text may send Baton to: never into a private or link-local network, where other doors stand open.
package enum AddressRule {
    /// Whether a host is an address, or a name of one, that only a local network knows; a name that nobody knows counts as one.
    ///
    /// What a name resolves to may change between this look and the connection; an attacker who can do that in time gains a
    /// request without credentials.
    /// - Parameter isProxied: whether a proxy resolves the name: one that is not known here may be known there.
    package static func isPrivate(_ host: String, isProxied: Bool = false) -> Bool {
        if host == "localhost" || host.hasSuffix(".localhost") { return true }
        return HostAddress.resolve(host)?.contains(where: isPrivate) ?? !isProxied
    }

    /// The same, off the threads that run tasks: resolving may take long.
    static func isPrivate(resolving host: String, isProxied: Bool) async -> Bool {
        await OwnThread.run { isPrivate(host, isProxied: isProxied) }
    }

    static func isIPv4(_ text: String) -> Bool { HostAddress.isIPv4(text) }

    private static func isPrivate(_ address: HostAddress) -> Bool {
        switch address {
        case .v4(let number): isPrivate(number)
        case .v6(let bytes): isPrivate(bytes)
        }
    }

    /// IANA's special-purpose registry: this network, private, shared, loopback, link-local, protocol assignments,
    /// benchmarks, multicast and beyond.
    private static func isPrivate(_ address: UInt32) -> Bool {
        let networks: [(base: UInt32, bits: UInt32)] = [
            (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8), (0xA9FE_0000, 16), (0xAC10_0000, 12),
            (0xC000_0000, 24), (0xC0A8_0000, 16), (0xC612_0000, 15), (0xE000_0000, 3),
        ]
        return networks.contains { address >> (32 - $0.bits) == $0.base >> (32 - $0.bits) }
    }

    /// Unspecified, loopback, unique local, site-local, link-local, multicast, and what leads to an IPv4 address that is:
    /// mapped and compatible ones, translated ones (RFC 6052, RFC 8215), 6to4 (RFC 3056). Teredo (RFC 4380) leads anywhere.
    private static func isPrivate(_ address: [UInt8]) -> Bool {
        func begins(_ bytes: [UInt8]) -> Bool { address.starts(with: bytes) }
        func embedded(at index: Int) -> Bool {
            isPrivate(address[index..<index + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
        }
        let zeros = [UInt8](repeating: 0, count: 10)
        if begins(zeros + [0xFF, 0xFF]) || begins(zeros + [0, 0]) { return embedded(at: 12) }
        if begins([0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]) { return embedded(at: 12) }
        if begins([0x20, 0x02]) { return embedded(at: 2) }
        if begins([0x00, 0x64, 0xFF, 0x9B, 0x00, 0x01]) || begins([0x20, 0x01, 0, 0]) { return true }
        return address[0] & 0xFE == 0xFC || (address[0] == 0xFE && address[1] & 0x80 == 0x80) || address[0] == 0xFF
    }
}
