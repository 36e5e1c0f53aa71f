extension KeyedEncodingContainer {
    /// Writes gates in one order: a set has another order in every process, and a plan would have another hash in each.
    ///
    /// The compiler's own `encode(to:)` of a type that holds `Set<Gate>` prefers this to the general one.
    mutating func encode(_ gates: Set<Gate>, forKey key: Key) throws {
        try encode(Gate.allCases.filter(gates.contains), forKey: key)
    }
}
