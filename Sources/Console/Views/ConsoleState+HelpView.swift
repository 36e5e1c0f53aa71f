internal import PromotionCore

/// `?`: the keys of a view, made from the bindings; what is not possible now says why.
extension ConsoleState {
    func helpLines(_ scope: Scope, _ columns: Int) -> [Line] {
        let before = viewBelowHelp
        let bindings = KeyTable.bindings(in: scope)
        let note = Line("(...) = not possible now, and why", .dim)
        let groups = Binding.Group.allCases.map { group in
            (
                group,
                bindings.filter { $0.group == group }.map {
                    helpWords($0, before, isShort: columns < 110 && columns >= 60 && group != .act)
                }
            )
        }
        guard columns >= 60 else {
            return [note]
                + groups.flatMap { group, words in [Line(group.rawValue, .heading)] + words.map { Line($0.text, $0.style) } }
        }
        let starts = columns >= 110 ? [1, 40, 78] : [1, 21, 42]
        let widths = [starts[1] - 2, starts[2] - starts[1] - 1, columns - starts[2] - 1]
        var lines = [note, groups.enumerated().reduce(Line()) { $0.at(starts[$1.offset], $1.element.0.rawValue, .heading) }]
        for row in 0..<(groups.map(\.1.count).max() ?? 0) {
            var line = Line()
            for (column, group) in groups.enumerated() where row < group.1.count {
                line = line.at(starts[column], group.1[row].text, group.1[row].style, width: widths[column])
            }
            lines.append(line)
        }
        return lines
    }

    /// The console as it was when help was opened: reasons are those of that view.
    private var viewBelowHelp: ConsoleState {
        guard case .help = view, views.count > 1 else { return self }
        var below = self
        below.views.removeLast()
        return below
    }

    private func helpWords(_ binding: Binding, _ state: ConsoleState, isShort: Bool) -> (text: String, style: Style) {
        let keys = binding.keys.map(\.label).joined(separator: " ")
        let padded = keys + String(repeating: " ", count: max(1, 8 - keys.count))
        guard let reason = binding.disabledReason(state) else {
            return (padded + (isShort ? binding.label : binding.description), .plain)
        }
        return (padded + "(\(binding.label): \(reason))", .disabled)
    }
}
