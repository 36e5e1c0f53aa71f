package import PromotionCore
internal import Yams

/// A project whose files tell of failures, and which of them.
package struct ProjectSettings: Hashable, Sendable {
    /// The checkout; relative to the configuration file's directory.
    package let directory: String
    package let paths: RecordPaths

    package init(directory: String, paths: RecordPaths = RecordPaths()) {
        self.directory = directory
        self.paths = paths
    }
}

/// A webhook that is told of what happens.
package struct WebhookSettings: Hashable, Sendable {
    /// A value that may be a secret.
    package enum Value: Hashable, Sendable {
        case plain(String)
        case secret(SecretReference)
    }

    package let name: String
    package let address: Value
    package let format: NoticeFormat
    package let occasions: Set<Occasion>
    /// Header fields by name.
    package let fields: [String: Value]
    package let link: LinkTemplate?
    /// A file with the certificates of a private authority, trusted next to the system's; relative to the configuration file's
    /// directory.
    package let authority: String?

    package init(
        name: String, address: Value, format: NoticeFormat, occasions: Set<Occasion>, fields: [String: Value],
        link: LinkTemplate?, authority: String? = nil
    ) {
        self.authority = authority
        self.name = name
        self.address = address
        self.format = format
        self.occasions = occasions
        self.fields = fields
        self.link = link
    }
}

/// Reads where failures are written down.
enum ProjectReading {
    static func project(_ field: Field) -> ProjectSettings? {
        if case .scalar = field.node { return field.path().map { ProjectSettings(directory: $0) } }
        guard let section = Section(field, title: "project", keys: ["directory", "tasks", "scratchpads", "release-notes"])
        else { return nil }
        let standard = RecordPaths()
        func path(_ key: String, _ standard: ProjectPath) -> ProjectPath {
            section.optional(key).flatMap { Self.path($0) } ?? standard
        }
        let paths = RecordPaths(
            tasks: path("tasks", standard.tasks), scratchpads: path("scratchpads", standard.scratchpads),
            releaseNotes: path("release-notes", standard.releaseNotes))
        let directory = section.required("directory", "directory: with the project's checkout").flatMap { $0.path() }
        return directory.map { ProjectSettings(directory: $0, paths: paths) }
    }

    private static func path(_ field: Field) -> ProjectPath? {
        guard let text = field.text(limit: ProjectPath.limit) else { return nil }
        do throws(ProjectPathError) { return try ProjectPath(text) } catch {
            field.refuse(
                "\"\(error.text)\" is not a path inside the project",
                "write names separated by \"/\", not beginning with \"/\", without \"..\"")
            return nil
        }
    }
}

/// Reads who is told of what.
enum NotificationReading {
    private static let limit = 20
    private static let headerLimit = 20
    private static let keys = ["name", "webhook", "format", "on", "headers", "run-link", "ca"]
    /// Header fields that a request sets itself, or that say how its body travels.
    private static let reserved: Set<String> = [
        "content-type", "content-length", "transfer-encoding", "host", "connection", "baton-notice",
    ]

    static func notifications(_ field: Field) -> [WebhookSettings] {
        guard let items = field.items(limit: limit, "notifications") else { return [] }
        var names: Set<String> = []
        return items.compactMap { item in
            guard let section = Section(item, title: "notification", keys: keys) else { return nil }
            return webhook(section, &names)
        }
    }

    private static func webhook(_ section: Section, _ names: inout Set<String>) -> WebhookSettings? {
        let name = section.required("name", "name: team").flatMap { field -> String? in
            guard let text = field.text(limit: 60) else { return nil }
            guard names.insert(text).inserted else {
                field.refuse("the notification \"\(SafeText(text, limit: 60))\" is there twice", "choose another name")
                return nil
            }
            return text
        }
        let address = section.required("webhook", "webhook: env:NAME, or https://…").flatMap { Self.address($0) }
        let format = section.optional("format").flatMap { $0.word(NoticeFormat.self) } ?? .json
        let occasions =
            section.optional("on").map { Self.occasions($0) } ?? [.failed, .rolledBack, .rollbackFailed, .waiting, .called]
        let fields = section.optional("headers").map { Self.headers($0) } ?? [:]
        let link = section.optional("run-link").flatMap { Self.link($0) }
        let authority = section.optional("ca")
        let path = authority.flatMap { $0.path() }
        guard let name, let address else { return nil }
        if let authority, case .plain(let text) = address, text.hasPrefix("http://") {
            authority.findings.add(
                authority.keyPosition, "ca is for https, and the webhook is http",
                "write https:// in the webhook, or leave ca out")
        }
        return WebhookSettings(
            name: name, address: address, format: format, occasions: occasions, fields: fields, link: link, authority: path)
    }

    /// A reference, or an address without anything in it that people keep secret.
    private static func address(_ field: Field) -> WebhookSettings.Value? {
        if field.holdsReference { return field.secret().map(WebhookSettings.Value.secret) }
        guard let text = field.text(limit: 2_048) else { return nil }
        let isURL = ["https://", "http://"].contains { text.hasPrefix($0) && text.count > $0.count }
        guard isURL, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            field.refuse("webhook is no address", "write https://… in visible ASCII, or a reference: env:NAME or file:/path")
            return nil
        }
        // The text is not repeated: whoever knows such an address may write there.
        guard !text.contains("@"), !text.contains("?"), !text.contains("hooks.slack.com") else {
            field.refuse(
                "the webhook's address holds a secret, and secrets never stand in the configuration",
                "take it out, change it, and refer to it as \(SecretReference.forms)")
            return nil
        }
        return .plain(text)
    }

    private static func occasions(_ field: Field) -> Set<Occasion> {
        guard let items = field.items(limit: Occasion.allCases.count, "occasions") else { return [] }
        if items.isEmpty { field.refuse("on is empty", "write one or more of \(Field.list(Occasion.self))") }
        return Set(items.compactMap { $0.word(Occasion.self) })
    }

    private static func headers(_ field: Field) -> [String: WebhookSettings.Value] {
        guard let pairs = field.pairs("headers") else { return [:] }
        guard pairs.count <= headerLimit else {
            field.refuse("headers has \(String(pairs.count)) fields", "at most \(String(headerLimit)) are allowed")
            return [:]
        }
        var fields: [String: WebhookSettings.Value] = [:]
        for pair in pairs {
            let name = pair.key.lowercased()
            let isToken =
                !name.isEmpty
                && name.utf8.allSatisfy { byte in
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                        || byte == UInt8(ascii: "-")
                }
            guard isToken, name.utf8.count <= 60, !reserved.contains(name) else {
                field.findings.add(
                    pair.keyPosition, "\"\(SafeText(pair.key, limit: 60))\" is not a header that can be set",
                    "write the name of a header of a-z, 0-9 and \"-\" that the request does not set itself")
                continue
            }
            let isSecret =
                pair.holdsReference || name == "authorization" || name == "cookie" || SecretReference.isNameOfSecret(name)
            fields[name] = isSecret ? pair.secret().map { .secret($0) } : pair.text(limit: 1_024).map { .plain($0) }
        }
        return fields
    }

    private static func link(_ field: Field) -> LinkTemplate? {
        guard let text = field.text(limit: LinkTemplate.limit) else { return nil }
        do throws(LinkTemplateError) { return try LinkTemplate(text) } catch {
            field.refuse("run-link is not a link", "\(SafeText(error.description))")
            return nil
        }
    }
}
