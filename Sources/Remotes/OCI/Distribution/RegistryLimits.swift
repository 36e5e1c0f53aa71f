package import PromotionCore

/// Bounds of everything that is asked of one registry.
package struct RegistryLimits: Hashable, Sendable {
    /// Connections that are kept, and so requests that are under way at a time. More than 8 gain nothing on a short way; a
    /// long one wants some more.
    package var connections = 16
    /// From a request to the last byte of its answer, where that is short: a head, a document, a list.
    package var answer = Milliseconds.seconds(30)
    /// The same for a request that changes a tag: after it, nobody knows whether it was carried out.
    package var change = Milliseconds.seconds(10)
    /// The longest silence within an answer of any length.
    package var silence = Milliseconds.seconds(15)
    /// The slowest blob, in bytes a second: a longer one has more time.
    package var slowest: Int64 = 64 << 10
    /// Tries of a request that reads, all told.
    package var tries = 4
    /// The pause before the second try at the most; it doubles.
    package var pause = Milliseconds(100)
    /// The longest wait that a registry may ask for; a longer one is reported instead.
    package var wait = Milliseconds.seconds(120)
    /// Pauses between looks at a tag that does not yet, or no longer, name what was put there.
    package var readBacks = [Milliseconds(250), .seconds(2), .seconds(2)]

    /// How long a blob of a size may take.
    func time(for size: Int64) -> Milliseconds { answer + Milliseconds(size / max(1, slowest) * 1_000) }

    /// Pages of one list.
    package var pages = 10_000
    /// Tags of one repository.
    package var tags = 1_000_000
    /// Bytes of all names of one repository, and of the addresses of its pages: a legal name has at most 128.
    package var names = 256 << 20
    /// From the first page of a list to the last.
    package var list = Milliseconds.minutes(10)

    package init() {}

    /// Redirects from one request on.
    static let hops = 5
    /// Bytes of one page of a list.
    static let page = 64 << 20
    /// Names asked for in one page.
    static let pageSize = 1_000
}
