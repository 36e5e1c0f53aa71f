package import PromotionCore

/// How long a registry asks to be left alone.
package enum RetryAfter {
    /// The wait that an answer names: `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), or a Go duration in the
    /// message, as GHCR writes it (`retry-after: 10.305464ms`).
    package static func wait(field: String?, message: String, now: Timestamp) -> Milliseconds? {
        if let field = field?.trimmed, !field.isEmpty {
            if let seconds = Int64(field) { return Milliseconds(min(max(0, seconds), 1_000_000) * 1_000) }
            if let date = HTTPDate.parse(field) { return max(.zero, date - now) }
        }
        let lowered = message.lowercased()
        guard let name = lowered.firstRange(of: "retry-after:") else { return nil }
        let text = lowered[name.upperBound...].drop { $0 == " " }
        return goDuration(String(text.prefix { $0.isNumber || $0.isLetter || $0 == "." }))
    }

    /// A duration as Go prints it: `1h2m3.5s`, `10.305464ms`; a part of a millisecond counts as a whole one.
    package static func goDuration(_ text: String) -> Milliseconds? {
        let units: [String: Double] = [
            "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1, "us": 0.001, "µs": 0.001, "ns": 0.000_001,
        ]
        var rest = text[...]
        var total = 0.0
        while !rest.isEmpty {
            let number = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let value = Double(number), let factor = units[String(unit)] else { return nil }
            total += value * factor
        }
        guard !text.isEmpty, total < 1e9 else { return nil }
        return Milliseconds(Int64(total.rounded(.up)))
    }
}

extension String {
    /// Without spaces at both ends.
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
