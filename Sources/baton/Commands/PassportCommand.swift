internal import ArgumentParser
internal import PromotionCore
internal import Remotes

/// Works on the records of promotions that travel with images.
struct PassportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passport", abstract: "What speaks for an image: signatures, attestations, and its promotions so far.",
        subcommands: [Show.self, Keygen.self])

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Read and verify everything that hangs on an image.",
            discussion: "Exit status 3 where no passport is verified, or one is not what it claims to be.")

        @OptionGroup var access: Access
        @Argument(help: "The service.") var service: ServiceName
        @Argument(help: imageHelp) var digest: String
        @Flag(help: "One line of JSON.") var json = false

        func run() throws {
            let client = try access.connect().client
            let digest = try client.resolve(self.digest, of: service)
            guard case .papers(let papers) = try client.demand(.view(.papers(service: service, digest: digest))) else {
                throw Ended(.broke, "the agent sent no papers")
            }
            if json { try Output.json(papers) } else { PlainText.papers(papers).forEach(Output.line) }
            let isGood = papers.passports.contains { $0.verdict.isVerified }
            if !isGood || papers.passports.contains(where: { $0.verdict.isInvalid }) { throw Ended(.refused) }
        }
    }

    struct Keygen: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "keygen", abstract: "Make the key that an agent signs passports with.",
            discussion: "Writes PATH, for the agent alone, and PATH.pub for everybody who verifies. Neither may exist.")

        @Argument(help: "Where the private key shall be.") var path: String

        func run() throws {
            let absolute = Installation.absolute(path, from: Installation.workingDirectory)
            let key: PassportKey
            do throws(PassportKeyError) { key = try PassportKey.generate(at: absolute) } catch {
                throw Ended(.broke, "\(error)")
            }
            Output.line("+ \(absolute): \(key); verify with \(absolute).pub")
            Output.line("  in the configuration: passport: {key: \"file:\(absolute)\"}")
        }
    }
}

extension PaperFinding.Verdict {
    var isVerified: Bool { if case .verified = self { true } else { false } }
    var isInvalid: Bool { if case .invalid = self { true } else { false } }
}
