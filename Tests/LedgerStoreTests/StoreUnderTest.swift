internal import LedgerStore
internal import PromotionCore
internal import Testing

/// A store that is held to the contract of `Ledger` and `LeaseStore`.
struct StoreUnderTest: Sendable, CustomTestStringConvertible {
    typealias Store = Ledger & LeaseStore

    let testDescription: String
    /// Opens what the scratch directory holds; the same directory again gives the same ledger.
    let open: @Sendable (Scratch) async throws -> any Store
    /// Ends a store so that it can be opened again.
    let close: @Sendable (any Store) async throws -> Void

    /// Every store there is; another one is held to the contract by naming it here.
    static let all = [sqlite]

    static let sqlite = StoreUnderTest(
        testDescription: "SQLite",
        open: { scratch in try scratch.open() },
        close: { store in try (store as? SQLiteLedger)?.close() })

    func reopen(_ store: any Store, in scratch: Scratch) async throws -> any Store {
        try await close(store)
        return try await open(scratch)
    }
}
