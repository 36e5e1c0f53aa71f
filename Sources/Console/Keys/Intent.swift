/// What a key means.
package enum Intent: Hashable, Sendable {
    case move(Motion)
    case open, back, leave, quit, cancel, repaint, nextPane
    /// One of the numbered views, from 1.
    case show(Int)
    case why, help, filter, command, nextMatch, previousMatch
    case copyDigest, copyReference
    case toggleTime, freeze, reload
    case rollback, plan, release, live, history, lease
    case confirm, whatRuns, differences
    case follow, onlyFailures, mark, goOn, abort, needy, approve, reject
    case verifyChain, export
    /// In a rollback sheet: without a veto, a reason, another offer, another environment.
    case spare, writeReason, nextOffer, chooseEnvironment
    case undoRollback
    case hold, undo, runRetention, planAgain
}

/// A move of the cursor, or of a text that is longer than the screen.
package enum Motion: Hashable, Sendable {
    case up, down, pageUp, pageDown, top, bottom
}
