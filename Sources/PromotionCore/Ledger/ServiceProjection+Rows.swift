// What a service's projection holds by the hundred, as rows: nearly all of an agent's start went into these.

extension Evidence: PackedRow {
    package func pack(into row: PackedRowWriter) throws {
        row.write(digest)
        row.write(environment.text)
        row.write(at.millisecondsSinceEpoch)
        row.write(Int64(passed))
        row.write(Int64(total))
        row.write(note?.text) { row.write($0) }
        if case .baton(let promotion) = source { return row.write(promotion.number) { row.write($0) } }
        row.write(Int64?.none) { row.write($0) }
        try row.write(value: source)
    }

    package init(unpacking row: inout PackedRowReader) throws {
        digest = try row.digest()
        environment = try EnvironmentName(row.text())
        at = Timestamp(millisecondsSinceEpoch: try row.number())
        passed = try row.count()
        total = try row.count()
        note = try row.optional { SafeText(kept: try $0.text()) }
        let promotion = try row.optional { PromotionNumber(try $0.number()) }
        source = try promotion.map { .baton($0) } ?? row.value(Source.self)
    }
}

extension HistoryLine: PackedRow {
    package func pack(into row: PackedRowWriter) throws {
        row.write(sequence)
        row.write(at.millisecondsSinceEpoch)
        row.write(who.text)
        row.write(what.text)
        row.write(environment?.text) { row.write($0) }
        row.write(digest) { row.write($0) }
        row.write(tag?.text) { row.write($0) }
        row.write(promotion?.number) { row.write($0) }
        row.write(tone.rawValue)
        row.write(result.text)
    }

    package init(unpacking row: inout PackedRowReader) throws {
        sequence = try row.number()
        at = Timestamp(millisecondsSinceEpoch: try row.number())
        who = SafeText(kept: try row.text())
        what = SafeText(kept: try row.text())
        environment = try row.optional { try EnvironmentName($0.text()) }
        digest = try row.optional { try $0.digest() }
        tag = try row.optional { try Tag($0.text()) }
        promotion = try row.optional { PromotionNumber(try $0.number()) }
        guard let tone = Tone(rawValue: try row.text()) else { throw Packed.fault("no tone of a line") }
        self.tone = tone
        result = SafeText(kept: try row.text())
    }
}

extension Promotion.Passage: PackedRow {
    package func pack(into row: PackedRowWriter) throws {
        row.write(at.millisecondsSinceEpoch)
        try row.write(value: state)
    }

    package init(unpacking row: inout PackedRowReader) throws {
        at = Timestamp(millisecondsSinceEpoch: try row.number())
        state = try row.value(PromotionState.self)
    }
}
