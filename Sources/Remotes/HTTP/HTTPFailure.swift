internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import Platform
package import PromotionCore

/// Why no answer came.
package struct HTTPFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let url: SafeText
    package let problem: Problem

    /// What went wrong on the way.
    package enum Problem: Hashable, Sendable, CustomStringConvertible {
        case late(Milliseconds)
        /// The system's words for a connection that did not come about or broke.
        case connection(SafeText)
        case unknownHost
        /// A proxy of the environment is not reached, or does not let the request through.
        case proxy(SafeText)
        /// The other side ended the connection. Whether the system calls that an end, a reset or a broken pipe depends on what
        /// was read and written by then, so nothing is told apart here.
        case closedEarly
        case notHTTP(SafeText)
        case tooLong(bytes: Int)
        case notAURL
        case cancelled
        case other(SafeText)

        package var description: String {
            switch self {
            case .late(let deadline): "no whole answer within \(deadline)"
            case .connection(let reason): "\(reason)"
            case .unknownHost: "the host name does not resolve"
            case .proxy(let reason): "\(reason)"
            case .closedEarly: "the connection was closed before the answer was whole"
            case .notHTTP(let reason): "what came back is not HTTP (\(reason))"
            case .tooLong(let bytes): "the answer goes on beyond \(bytes) bytes"
            case .notAURL: "this is not a URL that can be asked"
            case .cancelled: "the request was given up"
            case .other(let reason): "\(reason)"
            }
        }
    }

    package var description: String { "\(url): \(problem)" }
}

extension HTTPFailure.Problem {
    /// Reads the errors of the HTTP library.
    ///
    /// Those of connecting belong to a module that is not depended on, so they are known by their words.
    init(_ error: any Error) {
        let words = String(describing: error)
        switch error {
        case is CancellationError: self = .cancelled
        case let error as ProxyRuleError: self = .proxy(SafeText(error.description))
        case let error as RoutedClient.ProxyFailure: self = Self(error.underlying).through(error.proxy)
        case let error as HTTPClientError: self = Self.known(error)
        case let error as ByteBound.Exceeded: self = .tooLong(bytes: error.limit)
        case HTTPParserError.invalidEOFState: self = .closedEarly
        case let error as ChannelError where Self.endsOfConnection.contains(error): self = .closedEarly
        case is HTTPParserError: self = .notHTTP(SafeText(words, limit: 80))
        case _ where words.hasPrefix("DNS error"): self = .unknownHost
        default:
            let code = words.firstMatch(of: /errno: (\d{1,4})\)/).flatMap { Int32($0.1) }
            if let code, SystemFault.endsConnection(code) {
                self = .closedEarly
                return
            }
            self =
                code.map { .connection(SafeText(SystemFault.words($0).lowercased())) }
                ?? .other(SafeText(words, limit: 200))
        }
    }

    private static let endsOfConnection: [ChannelError] = [
        .eof, .ioOnClosedChannel, .alreadyClosed, .inputClosed, .outputClosed,
    ]

    /// The same of a request that was sent by way of a proxy: what concerns the connection concerns the proxy.
    func through(_ proxy: Proxy) -> Self {
        switch self {
        case .unknownHost: .proxy(SafeText("\(proxy): its name does not resolve"))
        case .connection(let words), .other(let words): .proxy(SafeText("\(proxy): \(words)"))
        case .late, .proxy, .closedEarly, .notHTTP, .tooLong, .notAURL, .cancelled: self
        }
    }

    private static func known(_ error: HTTPClientError) -> Self {
        switch error {
        case .proxyAuthenticationRequired:
            .other("it asks for a name and password that are right: http://NAME:PASSWORD@HOST:PORT")
        case .invalidProxyResponse:
            .other("it does not connect to this host: see its rules and accounts, or name the host in NO_PROXY")
        case .httpProxyHandshakeTimeout, .socksHandshakeTimeout: .other("it did not connect in time")
        case .remoteConnectionClosed, .uncleanShutdown: .closedEarly
        case .cancelled, .requestStreamCancelled: .cancelled
        case .connectTimeout: .connection("no connection within 10s")
        case .invalidURL, .emptyHost, .emptyScheme: .notAURL
        default: .other(SafeText(error.shortDescription, limit: 200))
        }
    }
}
