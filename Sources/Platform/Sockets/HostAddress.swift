internal import Glibc

/// An address of the internet protocol.
package enum HostAddress: Hashable, Sendable {
    case v4(UInt32)
    /// 16 bytes.
    case v6([UInt8])

    /// The addresses of a host name, or of an address that is written as one. It blocks, as long as the name service takes.
    /// - Returns: `nil` if the name does not resolve.
    package static func resolve(_ host: String) -> [HostAddress]? {
        var request = addrinfo()
        request.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &request, &list) == 0 else { return nil }
        defer { freeaddrinfo(list) }
        var found: [HostAddress] = []
        var entry = list
        while let current = entry?.pointee {
            if let address = HostAddress(current) { found.append(address) }
            entry = current.ai_next
        }
        return found
    }

    private init?(_ entry: addrinfo) {
        guard let address = entry.ai_addr else { return nil }
        switch entry.ai_family {
        case AF_INET:
            self = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                .v4(UInt32(bigEndian: address.pointee.sin_addr.s_addr))
            }
        case AF_INET6:
            self = address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
                .v6(withUnsafeBytes(of: address.pointee.sin6_addr) { Array($0) })
            }
        default: return nil
        }
    }

    /// An address that is written with its numbers; `nil` for anything else, a name among it.
    package init?(_ text: String) {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self = .v4(UInt32(bigEndian: four.s_addr))
            return
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        self = .v6(withUnsafeBytes(of: six) { Array($0) })
    }

    /// Whether a text is an address of version 4 with its four numbers.
    package static func isIPv4(_ text: String) -> Bool {
        var address = in_addr()
        return inet_pton(AF_INET, text, &address) == 1
    }
}
