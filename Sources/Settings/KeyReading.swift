internal import PromotionCore

/// Public keys by the names that the configuration gives them, and how their files are read.
struct KeyRing {
    private(set) var keys: [String: TrustedKey] = [:]

    /// Most keys of one configuration.
    static let limit = 50

    /// Reads the mapping `keys`: a PEM text, or the path of a file that holds one.
    init(_ field: Field?, reading file: Settings.FileReading) {
        guard let field, let pairs = field.pairs("keys") else { return }
        guard pairs.count <= Self.limit else {
            field.refuse("keys names \(String(pairs.count)) keys", "at most \(String(Self.limit)) are allowed")
            return
        }
        for pair in pairs {
            guard pair.keyName(Name<KeyKind>.self) != nil, let key = Self.key(pair, file) else { continue }
            keys[pair.key] = TrustedKey(name: SafeText(pair.key), key: key)
        }
    }

    private static func key(_ field: Field, _ file: Settings.FileReading) -> PublicKey? {
        guard let text = field.text(limit: PublicKey.byteLimit) else { return nil }
        var pem = text
        if !text.contains("-----BEGIN") {
            guard let path = field.path() else { return nil }
            switch file(path) {
            case .success(let bytes): pem = String(decoding: bytes, as: UTF8.self)
            case .failure(let reason):
                field.refuse(
                    "the key \(SafeText(path, limit: 200)) cannot be read: \(reason.text)",
                    "name a PEM file of a public key, or write the key itself as a block after |")
                return nil
            }
        }
        do { return try PublicKey(pem: pem) } catch {
            field.refuse("key \(SafeText(field.key, limit: 60)): \(error)", "P-256 and Ed25519 keys are verified with")
            return nil
        }
    }

    /// The keys that a list names.
    func named(_ field: Field) -> [TrustedKey]? {
        guard let items = field.items(limit: Self.limit, "keys") else { return nil }
        guard !items.isEmpty else {
            field.refuse("\(field.key) is empty", "name at least one of keys:")
            return nil
        }
        let found = items.map { item -> TrustedKey? in
            guard let name = item.text(limit: 63) else { return nil }
            if let key = keys[name] { return key }
            let known = keys.keys.sorted().joined(separator: ", ")
            item.refuse(
                "\"\(SafeText(name, limit: 60))\" is not one of keys",
                known.isEmpty ? "add keys: at the top of the file" : "there are: \(SafeText(known, limit: 300))")
            return nil
        }
        let whole = found.compactMap(\.self)
        guard whole.count == found.count else { return nil }
        guard Set(whole.map(\.key.fingerprint)).count == whole.count else {
            field.refuse("\(field.key) names one key twice", "keep it once: a threshold counts different keys")
            return nil
        }
        return whole
    }
}

/// Marks names of public keys.
enum KeyKind {}

/// Reads what an environment asks of an image.
enum ImageReading {
    /// Most attestations and most labels that one environment asks for.
    static let ruleLimit = 20

    static let keys = ["signature", "attestations", "image"]

    static func rules(_ section: Section, _ rank: EnvironmentReading.Rank, _ ring: KeyRing) -> ImageRules {
        var papers: [PaperRule] = []
        var evidence: [PaperRule] = []
        if let field = section.optional("signature"), let rule = signature(field, ring) { papers.append(rule) }
        for item in section.optional("attestations").flatMap({ $0.items(limit: ruleLimit, "attestations") }) ?? [] {
            guard let (rule, isEvidence) = attestation(item, rank, ring) else { continue }
            if isEvidence { evidence.append(rule) } else { papers.append(rule) }
        }
        guard let field = section.optional("image"),
            let image = Section(field, title: "image", keys: ["user", "base", "labels"])
        else { return ImageRules(papers: papers, evidence: evidence) }
        return ImageRules(
            papers: papers, evidence: evidence, user: image.optional("user")?.word(ImageRules.User.self) ?? .any,
            base: image.optional("base")?.word(ImageRules.Base.self) ?? .any, labels: labels(image.optional("labels")))
    }

    private static func signature(_ field: Field, _ ring: KeyRing) -> PaperRule? {
        guard let section = Section(field, title: "signature", keys: ["keys", "threshold"]) else { return nil }
        return rule(.signature, section, ring)
    }

    private static func attestation(
        _ field: Field, _ rank: EnvironmentReading.Rank, _ ring: KeyRing
    ) -> (PaperRule, isEvidence: Bool)? {
        guard let section = Section(field, title: "attestation", keys: ["type", "keys", "threshold", "evidence"]) else {
            return nil
        }
        let type = section.required("type", "type: https://slsa.dev/provenance/v1").flatMap { predicateType($0) }
        let isEvidence = section.optional("evidence").flatMap { $0.flag() } ?? false
        if isEvidence, rank.isFirst, let field = section.optional("evidence") {
            section.findings.add(
                field.keyPosition, "the first environment has nothing before it that could have evidence",
                "leave evidence out: the attestation is then required")
        }
        guard let type, let rule = rule(.attestation(predicateType: type), section, ring) else { return nil }
        return (rule, isEvidence)
    }

    private static func rule(_ kind: PaperRule.Kind, _ section: Section, _ ring: KeyRing) -> PaperRule? {
        let keys = section.required("keys", "keys: with names from keys: at the top of the file").flatMap { ring.named($0) }
        let field = section.optional("threshold")
        let threshold = field.flatMap { $0.number(in: 1...KeyRing.limit) } ?? 1
        guard let keys else { return nil }
        if threshold > keys.count, let field {
            field.refuse(
                "threshold is \(String(threshold)), and \(String(keys.count)) keys are named", "name as many keys at least")
            return nil
        }
        return PaperRule(kind: kind, keys: keys, threshold: threshold)
    }

    /// A URI, compared letter by letter.
    private static func predicateType(_ field: Field) -> SafeText? {
        guard let text = field.text(limit: 200) else { return nil }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), text.contains(":") else {
            field.refuse(
                "type is \"\(SafeText(text, limit: 80))\"",
                "write the predicate type whole, such as https://slsa.dev/provenance/v1")
            return nil
        }
        if text == Paper.signaturePredicate {
            field.refuse("that type is a signature, not an attestation", "write signature: instead")
            return nil
        }
        return SafeText(text)
    }

    private static func labels(_ field: Field?) -> [SafeText] {
        (field.flatMap { $0.items(limit: ruleLimit, "labels") } ?? []).compactMap {
            $0.text(limit: 256).map { SafeText($0, limit: 256) }
        }
    }
}

/// Reads how promotion records are signed.
enum PassportReading {
    static func passport(_ field: Field, _ ring: KeyRing) -> PassportSettings? {
        guard let section = Section(field, title: "passport", keys: ["key", "trusted"]) else { return nil }
        let trusted = section.optional("trusted").flatMap { ring.named($0) } ?? []
        guard let key = section.optional("key") else { return PassportSettings(keyFile: nil, trusted: trusted) }
        guard let reference = key.secret() else { return nil }
        guard case .file(let path) = reference else {
            key.refuse("the passport key is not a file", "write file:/path of a key that baton passport keygen made")
            return nil
        }
        return PassportSettings(keyFile: path, trusted: trusted)
    }
}
