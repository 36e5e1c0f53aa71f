internal import PromotionCore

/// Where accounts other than the agent's own reach it.
package struct SocketSettings: Hashable, Sendable {
    /// The socket's file; relative to the configuration file's directory.
    package let path: String
    /// The group whose members may connect; nil for the agent's account and root alone.
    package let group: String?

    package init(path: String, group: String? = nil) {
        self.path = path
        self.group = group
    }
}

/// Reads where the agent's socket is.
enum SocketReading {
    static func socket(_ field: Field) -> SocketSettings? {
        guard let section = Section(field, title: "socket", keys: ["path", "group"]) else { return nil }
        // Without a path the socket would lie in the state directory, which is private to the agent's account.
        let path = section.required("path", "path: /run/baton/agent.sock").flatMap { $0.path() }
        let group = section.optional("group").map { self.group($0) }
        guard let path, group.map({ $0 != nil }) ?? true else { return nil }
        return SocketSettings(path: path, group: group ?? nil)
    }

    private static func group(_ field: Field) -> String? {
        guard let name = field.text(limit: 64) else { return nil }
        guard name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            field.refuse("group is not a name", "write the name that the system knows the group by")
            return nil
        }
        return name
    }
}
