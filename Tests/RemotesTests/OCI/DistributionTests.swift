import PromotionCore
import Remotes
import Testing

/// Debian's docker-registry 2.8.2, the real thing.
@Suite(.enabled(if: RealRegistry.isInstalled, "docker-registry is not installed: make setup"))
struct `A distribution registry` {
    @Test(arguments: RegistryContract.allCases)
    func `keeps the contract of registries`(_ clause: RegistryContract) async throws {
        try await clause.check(try await RealRegistry())
    }

    @Test(arguments: StoreContract.allCases)
    func `keeps the contract of stores`(_ clause: StoreContract) async throws {
        try await clause.check(try await RealRegistry())
    }

    @Test(arguments: RealRegistry.manners.dropFirst())
    func `keeps both contracts however it is set up`(_ manner: RealRegistry.Manner) async throws {
        for clause in RegistryContract.allCases { try await clause.check(try await RealRegistry(manner)) }
        for clause in StoreContract.allCases { try await clause.check(try await RealRegistry(manner)) }
    }
}
