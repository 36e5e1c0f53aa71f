/// Every key binding of the console.
package enum KeyTable {
    package static let bindings: [Binding] = moving + looking + views + acting + retention + sheets

    private static let moving: [Binding] = [
        Binding([.character("j"), .down], [.everywhere], .move(.down), "down", "next row", .move),
        Binding([.character("k"), .up], [.everywhere], .move(.up), "up", "row before", .move),
        Binding([.character("g"), .home], [.everywhere], .move(.top), "top", "first row", .move),
        Binding([.character("G"), .end], [.everywhere], .move(.bottom), "end", "last row", .move),
        Binding([.pageDown], [.everywhere], .move(.pageDown), "page", "page down", .move),
        Binding([.pageUp], [.everywhere], .move(.pageUp), "page", "page up", .move),
        Binding([.tab], [.everywhere], .nextPane, "pane", "next pane or environment", .move, disabled: Disabled.pane),
        Binding([.character("/")], [.everywhere], .filter, "filter", "show only what holds a text", .move, rank: 70),
        Binding([.character("n")], [.everywhere], .nextMatch, "next", "next match", .move, disabled: Disabled.match),
        Binding([.character("N")], [.everywhere], .previousMatch, "previous", "match before", .move, disabled: Disabled.match),
        Binding([.character(":")], [.everywhere], .command, "command", "type a command", .move, rank: 72),
    ]

    private static let looking: [Binding] = [
        Binding([.character("x")], [.everywhere], .why, "why", "why blocked, kept, refused or drifted", .look, rank: 74),
        Binding(
            [.character("c")], [.everywhere], .copyDigest, "copy digest", "show the whole digest", .look,
            disabled: Disabled.digest),
        Binding(
            [.character("C")], [.everywhere], .copyReference, "copy reference", "show repository@digest", .look,
            disabled: Disabled.digest),
        Binding([.character("t")], [.everywhere], .toggleTime, "time", "times as clock or as age", .look),
        Binding(
            [.character("Z")], [.everywhere], .freeze, "freeze", "freeze the screen, thaw it", .look, disabled: Disabled.board),
        Binding([.character("r")], [.everywhere], .reload, "reload", "says that data is pushed", .look),
        Binding([.character("?")], [.everywhere], .help, "help", "the keys of this view", .look, rank: 90),
        Binding([.escape], [.everywhere], .leave, "leave", "leave, clear the filter", .look),
        Binding([.character("q")], [.everywhere], .back, "back", "back, then out", .look, rank: 91),
        Binding([.character("Q")], [.everywhere], .quit, "quit", "quit; promotions keep running", .look),
        Binding([.control("c")], [.everywhere], .cancel, "cancel", "cancels, never kills", .look),
        Binding([.control("l")], [.everywhere], .repaint, "repaint", "paint the screen anew", .look),
    ]

    private static let views: [Binding] = [
        Binding([.character("1")], [.everywhere], .show(1), "fleet", "view 1: fleet", .look, disabled: Disabled.board),
        Binding([.character("2")], [.everywhere], .show(2), "service", "view 2: service", .look, disabled: Disabled.service),
        Binding([.character("3")], [.everywhere], .show(3), "live", "view 3: live", .look, disabled: Disabled.service),
        Binding([.character("4")], [.everywhere], .show(4), "history", "view 4: history", .look, disabled: Disabled.service),
        Binding([.character("5")], [.everywhere], .show(5), "release", "view 5: release", .look, disabled: Disabled.digest),
        Binding([.character("6")], [.everywhere], .show(6), "approvals", "view 6: approvals", .look, disabled: Disabled.board),
        Binding([.character("7")], [.everywhere], .show(7), "retention", "view 7: retention", .look, disabled: Disabled.service),
    ]

    private static let acting: [Binding] = [
        Binding(
            [.character("R")], [.everywhere, .sheet], .rollback, "rollback", "rollback of what the screen is about", .act,
            rank: 20, disabled: Disabled.service),
        Binding(
            [.character("A")], [.approvals], .approve, "approve", "approve the plan, with its digest", .act, rank: 8,
            disabled: Disabled.approve),
        Binding(
            [.character("X")], [.approvals], .reject, "reject", "reject it before it begins", .act, rank: 9,
            disabled: Disabled.reject),
        Binding([.enter], [.approvals], .open, "plan", "the promotion and its plan", .act, rank: 10, disabled: Disabled.approval),
        Binding([.enter], [.fleet], .open, "open", "open the service", .act, rank: 10, disabled: Disabled.service),
        Binding(
            [.character("f")], [.fleet], .needy, "only what needs someone", "only what needs someone", .act, rank: 12,
            disabled: Disabled.board),
        Binding(
            [.character("p")], [.service], .plan, "plan", "plan the row's next step", .act, rank: 10,
            disabled: Disabled.plan),
        Binding(
            [.character("d"), .enter], [.service], .release, "release", "the row's release", .act, rank: 50,
            disabled: Disabled.digest),
        Binding(
            [.character("d")], [.history, .candidates], .release, "release", "the row's release", .act, rank: 50,
            disabled: Disabled.digest),
        Binding(
            [.character("l")], [.service, .fleet], .live, "live", "running or last promotion", .act, rank: 30,
            disabled: Disabled.live),
        Binding(
            [.character("h")], [.service, .fleet, .release], .history, "history", "the history", .act, rank: 40,
            disabled: Disabled.service),
        Binding(
            [.character("u")], [.service, .live], .undoRollback, "undo", "undo your own rollback, for ten minutes", .act,
            disabled: Disabled.undoRollback),
        Binding(
            [.character("L")], [.service], .lease, "lease", "hold or give back the lease", .act, rank: 60,
            disabled: Disabled.lease),
        Binding(
            [.enter, .character("p")], [.candidates], .plan, "plan", "plan this line", .act, rank: 10, disabled: Disabled.choice),
        Binding(
            [.character("p")], [.release], .plan, "plan", "plan it for the next environment", .act, rank: 10,
            disabled: Disabled.planRelease),
        Binding(
            [.character("y")], [.plan], .confirm, "promote", "promote, below the end of the path", .act, rank: 10,
            disabled: Disabled.consentByKey),
        Binding(
            [.character("v")], [.plan], .whatRuns, "what will run", "image, checks and pointers of the plan", .act, rank: 12,
            disabled: Disabled.plannedImage),
        Binding(
            [.character("D")], [.plan], .differences, "differences", "labels and configuration, new against live", .act,
            rank: 13, disabled: Disabled.differences),
        Binding([.character("s")], [.live], .follow, "follow", "follow the stream, or stand still", .act, rank: 10),
        Binding([.character("f")], [.live], .onlyFailures, "failures", "only failures", .act, rank: 11),
        Binding([.character("m")], [.live], .mark, "mark", "mark the last line of the stream", .act),
        Binding(
            [.character("S")], [.live], .goOn, "go on", "switch, go on past a gate, try a rollback again", .act, rank: 14,
            disabled: Disabled.goOn),
        Binding([.character("a")], [.live], .abort, "abort", "abort the promotion", .act, rank: 15, disabled: Disabled.abort),
        Binding(
            [.enter, .character("l")], [.history], .live, "promotion", "the promotion of the row", .act, rank: 11,
            disabled: Disabled.entryPromotion),
        Binding(
            [.character("V")], [.history], .verifyChain, "verify chain", "verify the ledger's chain", .act,
            disabled: Disabled.chain),
        Binding(
            [.character("e")], [.history], .export, "export", "export the ledger into a file here", .act,
            disabled: Disabled.export),
    ]

    private static let retention: [Binding] = [
        Binding(
            [.character(" ")], [.retention], .hold, "hold", "hold the digest by hand, let it go", .act, rank: 8,
            disabled: Disabled.hold),
        Binding(
            [.character("u")], [.retention], .undo, "undo", "bring a quarantined digest back", .act, rank: 9,
            disabled: Disabled.undo),
        Binding([.enter], [.retention], .why, "why", "every reason that keeps it, or lets it go", .act),
        Binding(
            [.character("X")], [.retention], .runRetention, "run the plan", "carry the plan out, by its count and a reason",
            .act, rank: 10, disabled: Disabled.runRetention),
        Binding(
            [.character("p")], [.retention], .planAgain, "plan again", "read the registry and plan again", .act, rank: 12,
            disabled: Disabled.planAgain),
    ]

    private static let sheets: [Binding] = [
        Binding([.character("y")], [.sheet], .confirm, "do it", "fires the sheet", .act, rank: 1, disabled: Disabled.fire),
        Binding(
            [.character("n")], [.sheet], .spare, "without veto", "rolls back without a veto", .act, rank: 2,
            disabled: Disabled.spare),
        Binding(
            [.character("e")], [.sheet], .writeReason, "reason", "writes why the rollback is ordered", .act, rank: 3,
            disabled: Disabled.rollbackSheet),
        Binding(
            [.tab], [.sheet], .nextOffer, "other", "what else can be done, then the next environment", .act, rank: 4,
            disabled: Disabled.rollbackSheet),
        Binding(
            (1...9).map { .character(Character("\($0)")) }, [.sheet], .chooseEnvironment, "environment",
            "the environment of this number on the path", .act, disabled: Disabled.rollbackSheet),
        Binding([.escape, .character("q")], [.sheet], .leave, "leave", "leave; nothing happened", .look, rank: 5),
    ]

    /// The binding of a key in a view: the view's own before those of everywhere.
    package static func binding(for key: Key, in scope: Scope) -> Binding? {
        let found = byKey[scope]?[key] ?? (scope == .sheet ? nil : byKey[.everywhere]?[key])
        return found.map { bindings[$0] }
    }

    /// The bindings of a view in the order of the footer.
    package static func footer(of scope: Scope) -> [Binding] { (footers[scope] ?? []).map { bindings[$0] } }

    /// The bindings that hold in a view, its own first.
    package static func bindings(in scope: Scope) -> [Binding] {
        bindings.filter { $0.scopes.contains(scope) }
            + bindings.filter { !$0.scopes.contains(scope) && $0.scopes.contains(.everywhere) }
    }

    private static let byKey: [Scope: [Key: Int]] = {
        var table: [Scope: [Key: Int]] = [:]
        for (position, binding) in bindings.enumerated() {
            for scope in binding.scopes {
                for key in binding.keys where table[scope]?[key] == nil { table[scope, default: [:]][key] = position }
            }
        }
        return table
    }()

    private static let footers: [Scope: [Int]] = {
        var table: [Scope: [Int]] = [:]
        for scope in Scope.allCases {
            let own = bindings.indices.filter { index in
                let scopes = bindings[index].scopes
                return bindings[index].rank != nil
                    && (scopes.contains(scope) || (scope != .sheet && scopes.contains(.everywhere)))
            }
            table[scope] = own.sorted { (bindings[$0].rank ?? 0, $0) < (bindings[$1].rank ?? 0, $1) }
        }
        return table
    }()
}
