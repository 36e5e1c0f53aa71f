package import PromotionCore

/// Where a secret is found; its value never stands in the configuration.
package enum SecretReference: Hashable, Sendable {
    case vault(VaultPath)
    /// A variable of the agent's environment.
    case environment(variable: String)
    /// A file that the agent's account reads.
    case file(path: String)

    /// The forms a reference is written in.
    package static let forms = "vault:{mount}/{service}/{component}/{secret-name}#{field}, env:NAME or file:/path"

    /// Parses a reference.
    /// - Throws: `SecretReferenceError`, which repeats nothing of a text that may be a secret.
    package init(parsing text: String) throws(SecretReferenceError) {
        if text.hasPrefix("vault:") {
            self = .vault(try VaultPath(parsing: text.dropFirst(6)))
        } else if text.hasPrefix("env:") {
            let name = text.dropFirst(4)
            guard Self.isVariable(name) else {
                throw SecretReferenceError(wrong: "env: names no variable", right: "write env:NAME, of A-Z, a-z, 0-9 and \"_\"")
            }
            self = .environment(variable: String(name))
        } else if text.hasPrefix("file:") {
            let path = text.dropFirst(5)
            guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw SecretReferenceError(wrong: "file: names no absolute path", right: "write file:/path")
            }
            self = .file(path: String(path))
        } else {
            throw SecretReferenceError(wrong: "this is no reference to a secret", right: "write \(Self.forms)")
        }
    }

    /// Whether a text begins as references do.
    static func hasScheme(_ text: String) -> Bool { ["vault:", "env:", "file:"].contains { text.hasPrefix($0) } }

    /// Whether values under this key are secrets by its name.
    static func isNameOfSecret(_ key: String) -> Bool {
        let words = key.lowercased().split { "-_. ".contains($0) }
        let joined = words.joined()
        return words.contains { ["password", "passwd", "passphrase", "token", "secret"].contains($0) }
            || joined.contains("password") || joined.contains("apikey") || joined.contains("privatekey")
            || joined.contains("accesskey")
    }

    /// Whether a text is the name of a variable.
    static func isVariable(_ name: some StringProtocol) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy(Self.isVariable) && name.first?.isNumber == false
    }

    private static func isVariable(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// A field of a secret in Vault's key-value store, by the convention `{mount}/{service}/{component}/{secret-name}`.
package struct VaultPath: Hashable, Sendable, CustomStringConvertible {
    package let mount: VaultMount
    package let service: String
    package let component: String
    package let name: String
    package let field: VaultField

    /// Parses `secret-prod/app/registry/pull#password`.
    /// - Throws: `SecretReferenceError` that says which part is outside the convention.
    package init(parsing text: some StringProtocol) throws(SecretReferenceError) {
        let halves = String(text).split(separator: "#", omittingEmptySubsequences: false)
        let parts = halves[0].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard halves.count == 2, parts.count == 4 else {
            throw SecretReferenceError(
                wrong: "the Vault path is outside the convention",
                right: "write vault:{mount}/{service}/{component}/{secret-name}#{field}")
        }
        guard let mount = VaultMount(rawValue: parts[0]) else {
            throw SecretReferenceError(
                wrong: "the Vault mount is outside the convention",
                right: "mounts are \(VaultMount.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard let field = VaultField(rawValue: String(halves[1])) else {
            throw SecretReferenceError(
                wrong: "the field of the Vault secret is outside the convention",
                right: "fields are \(VaultField.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard parts.dropFirst().allSatisfy({ (try? ServiceName($0)) != nil }) else {
            throw SecretReferenceError(
                wrong: "a part of the Vault path is not a name", right: "use 1 to 63 of a-z, 0-9 and \"-\" for each part")
        }
        (self.mount, service, component, name, self.field) = (mount, parts[1], parts[2], parts[3], field)
    }

    package var description: String { "vault:\(mount.rawValue)/\(service)/\(component)/\(name)#\(field.rawValue)" }
}

/// The mounts of the convention.
package enum VaultMount: String, Hashable, Sendable, CaseIterable {
    case development = "secret-dev"
    case staging = "secret-staging"
    case production = "secret-prod"

    /// The mount of an environment that names none; nil where its name does not tell.
    init?(of environment: EnvironmentName) {
        switch environment.text {
        case "testing": self = .development
        case "staging": self = .staging
        case "prod": self = .production
        default: return nil
        }
    }
}

/// The field names of the convention.
package enum VaultField: String, Hashable, Sendable, CaseIterable {
    case username, password, token, client_id, client_secret, url, host, port
}

/// Why a text is no reference to a secret.
package struct SecretReferenceError: Error, Hashable, CustomStringConvertible {
    package let wrong: SafeText
    package let right: SafeText

    package var description: String { "\(wrong); \(right)" }
}
