/// Finds what a misspelt word was meant to be.
enum Spelling {
    /// The nearest of the known words, where it is near enough to be meant.
    static func nearest(to word: String, in known: [String]) -> String? {
        guard word.unicodeScalars.count <= 64 else { return nil }
        let limit = max(1, min(3, word.unicodeScalars.count / 3))
        let ranked = known.map { (distance(word.lowercased(), $0), $0) }.filter { $0.0 <= limit }
        return ranked.min { $0 < $1 }?.1
    }

    /// Letters to insert, drop, replace or swap (optimal string alignment).
    static func distance(_ left: String, _ right: String) -> Int {
        let (a, b) = (Array(left.unicodeScalars), Array(right.unicodeScalars))
        var before: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                let same = a[i] == b[j]
                var cost = min(last[j] + (same ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
                row.append(cost)
            }
            (before, last) = (last, row)
        }
        return last[b.count]
    }
}
