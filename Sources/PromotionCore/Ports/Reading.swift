/// What one look at the world came to. A look that failed proves nothing.
///
/// Callers switch over both cases: no property gives the value without naming the unknown one.
package enum Reading<Value> {
    /// The value, and when it was read.
    case known(Value, at: Timestamp)
    /// Why there is no value, and since when there has been none.
    case unknown(SafeText, since: Timestamp)

    /// The same reading of something that follows from the value.
    package func map<Other>(_ transform: (Value) -> Other) -> Reading<Other> {
        switch self {
        case .known(let value, let at): .known(transform(value), at: at)
        case .unknown(let cause, let since): .unknown(cause, since: since)
        }
    }

    /// The reading, told as the next after another: what was unknown before has been so since then.
    package func after(_ earlier: Reading?) -> Reading {
        guard case .unknown(let cause, _) = self, case .unknown(_, let since)? = earlier else { return self }
        return .unknown(cause, since: since)
    }
}

extension Reading: Equatable where Value: Equatable {}
extension Reading: Hashable where Value: Hashable {}
extension Reading: Sendable where Value: Sendable {}
extension Reading: Encodable where Value: Encodable {}
extension Reading: Decodable where Value: Decodable {}

extension Reading where Value: Equatable {
    /// Whether two readings say the same, whenever they were made.
    package func says(sameAs other: Reading) -> Bool {
        switch (self, other) {
        case (.known(let one, _), .known(let two, _)): one == two
        case (.unknown(let one, _), .unknown(let two, _)): one == two
        case (.known, .unknown), (.unknown, .known): false
        }
    }
}

extension Reading where Value: Sendable {
    /// Looks once.
    /// - Parameter now: the clock; it is read after the look.
    package init(_ now: @Sendable () -> Timestamp, _ look: () async throws(Fault) -> Value) async {
        do throws(Fault) {
            let value = try await look()
            self = .known(value, at: now())
        } catch {
            self = .unknown(error.reason, since: now())
        }
    }
}
