package import PromotionCore

/// Why a terminal cannot be a console. Nothing has been printed or changed when it is thrown.
package enum TerminalError: Error, Hashable, CustomStringConvertible {
    case notATerminal
    case cannotOpen(path: SafeText, reason: SafeText)
    case typeMissing
    case typeUnknown(SafeText)
    case typeTooSimple(SafeText)
    case outOfResources(SafeText)

    package var description: String {
        switch self {
        case .notATerminal:
            "standard output is not a terminal; use --plain for line output"
        case .cannotOpen(let path, let reason):
            "the terminal \(path) cannot be opened: \(reason); use --plain for line output"
        case .typeMissing:
            "TERM is not set; set TERM=xterm-256color or use --plain"
        case .typeUnknown(let type):
            "TERM \"\(type)\" is unknown to this machine; set TERM=xterm-256color or use --plain"
        case .typeTooSimple(let type):
            "TERM \"\(type)\" cannot place a cursor or clear a screen; set TERM=xterm-256color or use --plain"
        case .outOfResources(let reason):
            "the terminal cannot be set up: \(reason)"
        }
    }
}
