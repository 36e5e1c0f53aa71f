internal import Agent
internal import ArgumentParser
internal import LedgerStore
internal import Platform
internal import PromotionCore

/// Works on the ledger's file, without an agent.
struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "The record of everything that happened.",
        subcommands: [Verify.self, Export.self, Rebuild.self])

    /// The ledger that a command works on.
    struct Place: ParsableArguments {
        @OptionGroup var access: Access
        @Argument(help: "The ledger's directory (else the configured one).") var directory: String?

        func path() throws(Ended) -> String {
            if let directory { return directory }
            return try Installation(configuration: access.config, socket: access.socket).ledger
        }

        func open() throws(Ended) -> LedgerReader {
            let path = try path()
            do throws(Fault) { return try LedgerReader.open(LedgerDirectory(path)) } catch {
                throw Ended(.broke, "\(error)")
            }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Prove the ledger's chain from its first entry to its last, and what an agent reads besides.")

        @OptionGroup var place: Place
        @Option(help: "An end of the chain that was kept elsewhere, as an earlier proof printed it: NUMBER:HASH.") var head:
            String?

        func validate() throws {
            guard head == nil || kept != nil else {
                throw ValidationError("--head is an entry's number, a colon and the 64 digits of its hash")
            }
        }

        private var kept: LedgerHead? {
            guard let halves = head?.split(separator: ":"), halves.count == 2, let sequence = Int64(halves[0]), sequence >= 0,
                let hash = try? Digest(parsing: "sha256:\(halves[1])")
            else { return nil }
            return LedgerHead(sequence: sequence, hash: hash)
        }

        func run() async throws {
            let reader = try place.open()
            let proof: LedgerProof
            var findings: [LedgerFinding]
            do throws(Fault) {
                proof = try await reader.verify()
                for fault in proof.faults { Self.tell("\(fault)", fault.consequence, try await reader.touched(by: fault)) }
                findings = try await reader.findings(kept: kept)
            } catch {
                throw Ended(.broke, "\(error)")
            }
            if proof.unremembered > 0 { findings.insert(.unremembered(proof.unremembered), at: 0) }
            if proof.faultCount > proof.faults.count { Output.line("x and \(proof.faultCount - Int64(proof.faults.count)) more") }
            for finding in findings { Self.tell("\(finding)", finding.consequence) }
            guard proof.holds else {
                throw Ended(
                    .broke,
                    "the chain does not hold: what follows the first fault proves nothing; keep the file and restore a backup")
            }
            guard findings.isEmpty else { throw Ended(.broke, "the chain holds, what stands beside it does not") }
            Output.line("+ \(proof.entries) entries, the chain holds to \(proof.head.sequence):\(proof.head.hash.hex)")
        }

        private static func tell(_ fault: String, _ consequence: LedgerConsequence, _ touched: [SafeText] = []) {
            Output.line("x \(fault)")
            Output.line("    not to be trusted: \(consequence.distrusted)")
            for sentence in touched { Output.line("    touches: \(sentence)") }
            Output.line("    agent: \(consequence.agent)")
            Output.line("    next: \(consequence.remedy)")
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Print every entry as a line of JSON, and the remembered end of the chain as the last one.",
            discussion: """
                An entry's hash is SHA-256 over these texts, each with its length in bytes before it as 8 bytes, little end \
                first: previous, sequence, at, service, environment, promotion, actor, host, "agent", "socket " and userID, or \
                "gateway " and userID with the gateway's name as the next text, fence, kind, payload; what is null is one NUL byte. The first entry's previous is SHA-256 of "baton.ledger/1".
                """)

        @OptionGroup var place: Place

        func run() async throws {
            let reader = try place.open()
            do {
                let head = try await reader.head()
                var after: Int64 = 0
                while after < head.sequence, !Output.isBroken {
                    let page = try await reader.entries(after: after, limit: 1_000)
                    guard let last = page.last else { break }
                    for entry in page where entry.sequence <= head.sequence { try Output.json(LedgerLine(entry)) }
                    after = last.sequence
                }
                try Output.json(LedgerEnd(head))
            } catch let fault as Fault {
                throw Ended(.broke, fault.reason.text)
            }
        }
    }
}

extension LedgerCommand {
    struct Rebuild: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rebuild",
            abstract: "Forget the saved projections, so that the next agent folds the entries from the first one.")

        @OptionGroup var place: Place

        func run() async throws {
            let directory = LedgerDirectory(try place.path())
            // Read first: opening to write would make a ledger where there is none.
            _ = try place.open()
            let owner = LedgerOwner(
                account: AccountNames.name(ofUser: AccountDatabase.current), process: ThisProcess.number,
                host: AccountNames.host,
                session: "baton ledger rebuild", since: WallClock.now)
            do throws(Fault) {
                let ledger = try SQLiteLedger.open(try LedgerOwnership.take(directory, as: owner))
                try await ledger.forgetSnapshots()
                try ledger.close()
            } catch {
                throw Ended(.broke, "\(error)")
            }
            Output.line("+ the next agent folds the entries from the first one")
        }
    }
}
