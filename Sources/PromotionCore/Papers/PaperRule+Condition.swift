extension PaperRule {
    /// The condition of a plan that this rule is.
    package func condition(on papers: Papers, of digest: Digest) -> Condition {
        let name: SafeText = kind == .signature ? "signature" : "attestation"
        switch answer(to: papers, of: digest) {
        case .met(let keys): return Condition(name, .met(SafeText("\(title) by \(Self.list(keys))", limit: 300)))
        case .absent:
            return Condition(
                name, .unmet(.init(.unsigned, "\(digest.short()) has no \(title)", remedy: "sign it with \(keyNames)")))
        case .tooFew(let keys):
            return Condition(
                name,
                .unmet(
                    .init(
                        .unsigned, "\(title): \(keys.count) of \(threshold) keys (\(SafeText(Self.list(keys), limit: 200)))",
                        remedy: "\(threshold) of \(keyNames) must sign it")))
        case .invalid(let reason):
            return Condition(
                name,
                .unmet(
                    .init(
                        .badSignature, "\(title) of \(digest.short()) is invalid: \(reason)",
                        remedy: "find out who put it there; sign the image that is meant with \(keyNames)")))
        case .notVerifiable(let reason):
            return Condition(
                name,
                .unmet(
                    .init(
                        .notVerifiable, "\(title) of \(digest.short()) cannot be verified: \(reason)",
                        remedy: "sign it with \(keyNames) besides")))
        }
    }

    private var keyNames: SafeText { SafeText(keys.prefix(5).map(\.name.text).joined(separator: ", "), limit: 200) }

    private static func list(_ keys: [KeyIdentity]) -> String { keys.prefix(5).map(\.description).joined(separator: ", ") }
}
