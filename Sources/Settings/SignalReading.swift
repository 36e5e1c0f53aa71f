internal import PromotionCore

/// Reads a check that measures the traffic itself.
enum SignalReading {
    static let keys = ["window", "limit", "beyond-other", "samples"]

    private static let words = ["error-rate"] + [50, 90, 95, 99].map { "latency-p\($0)" }

    static func kind(_ section: Section, _ strategy: Strategy) -> CheckSpecification.Kind? {
        guard let signal = section.optional("signal").flatMap(signal) else { return nil }
        let window = section.optional("window")?.duration(in: .seconds(1)...(.minutes(60))) ?? .minutes(1)
        let limit = section.optional("limit")
        let beyond = section.optional("beyond-other")
        guard limit != nil || beyond != nil else {
            section.findings.add(section.position, "the signal has no limit", "write limit, beyond-other, or both")
            return nil
        }
        if let beyond, strategy != .canary {
            section.findings.add(
                beyond.keyPosition, "only in a canary does another slot take traffic to compare with",
                "write limit instead, or strategy: canary")
            return nil
        }
        let absolute = limit.map { value($0, of: signal) }
        let relative = beyond.map { value($0, of: signal) }
        guard absolute != .some(nil), relative != .some(nil) else { return nil }
        return .signal(
            signal, window: window, limit: SignalLimit(absolute: absolute ?? nil, beyondOther: relative ?? nil))
    }

    private static func signal(_ field: Field) -> Signal? {
        guard let text = field.text() else { return nil }
        guard words.contains(text) else {
            field.refuse("signal is \"\(SafeText(text, limit: 60))\"", "write one of \(words.joined(separator: ", "))")
            return nil
        }
        return text == "error-rate" ? .errorRate : Int(text.dropFirst("latency-p".count)).map { .latency(percentile: $0) }
    }

    /// A limit in the signal's own unit.
    private static func value(_ field: Field, of signal: Signal) -> Int64? {
        switch signal {
        case .errorRate: field.share()
        case .latency: field.duration(in: Milliseconds(1)...(.minutes(10))).map { $0.count * 1_000 }
        }
    }
}

extension Field {
    /// A share such as `0.5%`, in parts of a million.
    fileprivate func share() -> Int64? {
        guard let text = text() else { return nil }
        let number = text.hasSuffix("%") ? text.dropLast().split(separator: ".", omittingEmptySubsequences: false) : []
        let fraction = number.count == 2 ? number[1] : "0"
        let isNumber =
            (1...2).contains(number.count)
            && number.allSatisfy { part in
                (1...4).contains(part.count) && part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            }
        guard isNumber, let whole = Int64(number[0]), let rest = Int64(fraction.padded(to: 4)),
            whole * 10_000 + rest <= 1_000_000
        else {
            refuse("\(key) is \"\(SafeText(text, limit: 60))\"", "write a share from 0% to 100%, such as 1% or 0.25%")
            return nil
        }
        return whole * 10_000 + rest
    }
}

extension Substring {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: "0", count: Swift.max(0, width - count)) }
}
