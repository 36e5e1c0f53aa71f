internal import Platform
internal import PromotionCore

extension BoundedOutput {
    /// The output, safe to show, at most 8 KiB. It stays below what a `SafeText` keeps when it is read back.
    var text: SafeText {
        let leftOut = count - beginning.count - end.count
        let whole = SafeText(String(decoding: beginning + end, as: UTF8.self), limit: Self.characters)
        if leftOut == 0 && !whole.text.hasSuffix("…") { return whole }
        let first = SafeText(String(decoding: beginning, as: UTF8.self).prefix(1_000), limit: 1_800)
        let tail = SafeText(
            String(decoding: end.isEmpty ? beginning[...] : end, as: UTF8.self).suffix(1_000),
            limit: 1_800)
        return SafeText("\(first) … \(count) bytes in all … \(tail)", limit: Self.characters)
    }

    private static let characters = 4_000
}
