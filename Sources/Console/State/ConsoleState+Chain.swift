package import PromotionCore

/// A reading of the whole ledger, which the agent hands over page by page.
struct ChainReading: Hashable, Sendable {
    /// The file that it is written to; `nil` if it is only verified.
    let file: String?
    /// The end of the chain that was on screen when it began.
    let wanted: LedgerHead
    /// How far the chain was found to hold.
    var proved = LedgerHead.empty
    /// Whether a part of the file was written.
    var isWritten = false

    /// Entries of one page.
    static let page = 1_000
}

/// The ledger's chain, proved from its first entry to the last on screen by the console itself, and written down.
extension ConsoleState {
    mutating func readChain(writing: Bool) {
        guard chain == nil, !asked.values.contains(.chain) else { return say("the ledger is being read already", .warning) }
        guard let head = board?.projection.head, head.sequence > 0 else { return say("the ledger has no entries yet") }
        let file = options.directory.map { directory in
            let stamp = now.description.filter { $0 != "-" && $0 != ":" }
            return "\(directory == "/" ? "" : directory)/baton-ledger-\(stamp).jsonl"
        }
        chain = ChainReading(file: writing ? file : nil, wanted: head)
        askForPage()
    }

    private mutating func askForPage() {
        guard let chain else { return }
        ask(.entries(after: chain.proved.sequence, limit: ChainReading.page), for: .chain)
        guard asked.values.contains(.chain) else { return self.chain = nil }
        let verb = chain.file == nil ? "verifying" : "exporting"
        say("\(verb): \(chain.proved.sequence) of \(chain.wanted.sequence) entries")
    }

    /// Takes a page: every entry is proved, and written down if it holds.
    mutating func take(page: [LedgerEntry]) {
        guard var reading = chain else { return }
        let entries = page.prefix { $0.sequence <= reading.wanted.sequence }
        do throws(ChainFault) {
            for entry in entries {
                try entry.prove(after: reading.proved)
                reading.proved = entry.head
            }
        } catch {
            return endChain("the chain does not hold: \(error); baton ledger verify names everything that it touches", .alarm)
        }
        guard !entries.isEmpty else {
            return endChain(
                "the ledger ends at entry \(reading.proved.sequence), this screen has seen \(reading.wanted.sequence)", .alarm)
        }
        let isLast = reading.proved.sequence == reading.wanted.sequence
        if let file = reading.file {
            guard let bytes = Self.lines(of: entries, end: isLast ? reading.proved : nil) else {
                return endChain("an entry cannot be written as JSON", .alarm)
            }
            effects.append(.write(bytes, to: file, isFirst: !reading.isWritten))
            reading.isWritten = true
        }
        chain = reading
        if isLast { finishChain(reading) } else { askForPage() }
    }

    private static func lines(of entries: some Sequence<LedgerEntry>, end: LedgerHead?) -> [UInt8]? {
        var bytes: [UInt8] = []
        for entry in entries {
            guard let line = try? CanonicalJSON.encode(LedgerLine(entry)) else { return nil }
            bytes += line + [UInt8(ascii: "\n")]
        }
        guard let end else { return bytes }
        guard let line = try? CanonicalJSON.encode(LedgerEnd(end)) else { return nil }
        return bytes + line + [UInt8(ascii: "\n")]
    }

    private mutating func finishChain(_ reading: ChainReading) {
        guard reading.proved.hash == reading.wanted.hash else {
            return endChain(
                "entry \(reading.wanted.sequence) is not the one that this screen has seen: baton ledger verify", .alarm)
        }
        let count = reading.proved.sequence
        if let file = reading.file {
            endChain("\(count) entries, the chain holds: \(SafeText(file, limit: 300))", .good)
        } else {
            endChain("\(count) entries, the chain holds to \(count):\(reading.proved.hash.short(12))", .good)
        }
    }

    /// Ends a reading, whatever has come of it.
    mutating func endChain(_ words: SafeText, _ style: Style) {
        chain = nil
        say(words, style)
    }

    package mutating func failedToWrite(_ reason: SafeText, at now: Timestamp) {
        self.now = now
        // The last part may have ended the reading already; its words are not true then.
        endChain("the ledger was not exported: \(reason)", .alarm)
        settle()
    }
}
