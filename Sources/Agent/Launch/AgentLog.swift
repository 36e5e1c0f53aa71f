internal import Platform
internal import PromotionCore

/// The file that a background agent writes to, private to its account.
struct AgentLog {
    private static let tailBytes = 16 * 1_024
    private static let tailLines = 8

    private let file: LogFile

    /// For the agent's output.
    var descriptor: Int32 { file.descriptor }

    /// Opens the log for appending and makes it private.
    /// - Throws: `AgentLaunchError.log`.
    init(_ path: String) throws(AgentLaunchError) {
        do throws(LogFile.Objection) { file = try LogFile(path) } catch {
            let reason: SafeText =
                switch error {
                case .notAFile: "it is not a file"
                case .belongsToAnother(let owner): "it belongs to \(AccountNames.name(ofUser: owner))"
                case .system(let fault): SafeText(fault.reason)
                }
            throw .log(SafeText(path), reason: reason)
        }
    }

    /// The last lines that were written since the log was opened.
    var lastLines: [SafeText] {
        file.end(limit: Self.tailBytes).split(separator: UInt8(ascii: "\n")).suffix(Self.tailLines).map {
            SafeText(String(decoding: $0, as: UTF8.self), limit: 200)
        }
    }
}
