internal import ArgumentParser
internal import Platform

/// The program: a console, an agent, and a command for everything that the console can do.
@main
struct Baton: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baton",
        abstract: "Promotes the exact tested container image from environment to environment.",
        discussion: """
            Without a command it opens the console. Exit status: 0 done, 1 broke, 2 usage or configuration, 3 refused by \
            policy, 4 failed and rolled back, 5 rollback failed or outcome unknown, 6 still running when --timeout ended, \
            7 not permitted.
            """,
        version: Version.text,
        subcommands: [
            ConsoleCommand.self, StageCommand.self, AgentCommand.self, StatusCommand.self, PlanCommand.self, PromoteCommand.self,
            RollbackCommand.self, UndoCommand.self, AbortCommand.self, ContinueCommand.self, PauseCommand.self,
            ResumeCommand.self,
            RetryCommand.self, HistoryCommand.self, EvidenceCommand.self,
            VetoCommand.self, ApproveCommand.self, RejectCommand.self, FreezeCommand.self, UnfreezeCommand.self, PinCommand.self,
            UnpinCommand.self, OverrideCommand.self, LockCommand.self, UnlockCommand.self, AutoCommand.self, JointCommand.self,
            WhyCommand.self, PointerCommand.self, VerifyCommand.self,
            BacktestCommand.self, RetentionCommand.self, DiffCommand.self, PassportCommand.self,
            RegistryCommand.self, ImageCommand.self,
            LedgerCommand.self, ConfigCommand.self, StageSlotCommand.self, StageRouterCommand.self,
        ],
        defaultSubcommand: ConsoleCommand.self)

    static func main() async {
        FileDescriptors.openStandard()
        ThisProcess.ignore(.brokenPipe)
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            ThisProcess.exit(Output.finish().rawValue)
        } catch let ending as Ended {
            if let words = ending.words { Output.complain(words) }
            ThisProcess.exit(ending.status.rawValue)
        } catch {
            let code = exitCode(for: error)
            guard code == .validationFailure || code == .failure else {
                Output.text(fullMessage(for: error))
                ThisProcess.exit(Output.finish() == .done ? code.rawValue : ExitStatus.broke.rawValue)
            }
            Output.complain(fullMessage(for: error))
            ThisProcess.exit((code == .validationFailure ? ExitStatus.usage : .broke).rawValue)
        }
    }
}

/// What `baton --version` says.
enum Version {
    static let text = "0.1.0"
}
