internal import PromotionCore

/// Reads what accounts may do.
enum RoleReading {
    /// The key of what holds where no environment is named.
    private static let everywhere = "everywhere"

    static func grants(_ field: Field) -> [String: Grant] {
        guard let pairs = field.pairs("roles") else { return [:] }
        guard pairs.count <= Settings.roleLimit else {
            field.refuse("roles names \(String(pairs.count)) accounts", "at most \(String(Settings.roleLimit)) are allowed")
            return [:]
        }
        var grants: [String: Grant] = [:]
        for pair in pairs where isAccount(pair.key, pair.keyPosition, field.findings) {
            grants[pair.key] = grant(pair)
        }
        return grants
    }

    /// Accounts that several people share, each of whom they name.
    static func gateways(_ field: Field) -> Set<String> {
        let items = field.items(limit: 100, "accounts") ?? []
        return Set(items.compactMap { $0.text(limit: 64) }.filter { isAccount($0, field.position, field.findings) })
    }

    private static func isAccount(_ name: String, _ position: Position, _ findings: Findings) -> Bool {
        if (1...64).contains(name.utf8.count), name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) { return true }
        findings.add(
            position, "\"\(SafeText(name, limit: 60))\" is not an account",
            "write the name that the system knows the account by")
        return false
    }

    /// One role, or one for each environment: `{everywhere: viewer, testing: operator}`.
    private static func grant(_ field: Field) -> Grant? {
        guard field.isMapping, let pairs = field.pairs("the roles of \(field.key)") else {
            return field.word(Role.self).map { Grant($0) }
        }
        var environments: [EnvironmentName: Role] = [:]
        var general = Role.viewer
        for pair in pairs {
            guard let role = pair.word(Role.self) else { continue }
            if pair.key == everywhere {
                general = role
            } else if let name = pair.keyName(EnvironmentName.self) {
                environments[name] = role
            }
        }
        return Grant(general, environments: environments)
    }
}
