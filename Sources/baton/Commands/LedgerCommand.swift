internal import ArgumentParser
internal import LedgerStore
internal import PromotionCore

/// Works on the ledger's file, without an agent.
struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "The record of everything that happened.", subcommands: [Verify.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Prove the ledger's chain from its first entry to its last.")

        @OptionGroup var access: Access
        @Argument(help: "The ledger's directory (else the configured one).") var directory: String?

        func run() async throws {
            let path = try directory ?? Installation(configuration: access.config, socket: access.socket).ledger
            let proof: LedgerProof
            do {
                proof = try await LedgerReader.open(LedgerDirectory(path)).verify()
            } catch {
                throw Ended(.broke, "\(error)")
            }
            for fault in proof.faults { Output.line("x \(fault)") }
            if proof.unremembered > 0 {
                Output.line("x \(proof.unremembered) entries follow the last that the store remembers: they were added by hand")
            }
            guard proof.holds else {
                throw Ended(
                    .broke,
                    "the chain does not hold: what follows the first fault proves nothing; keep the file and restore a backup")
            }
            Output.line("+ \(proof.entries) entries, the chain holds to \(proof.head.hash.short(12))")
        }
    }
}
