internal import Glibc

/// Names of accounts and groups as this host's databases give them.
package enum AccountDatabase {
    /// Longest database entry that is read, in bytes.
    private static let entryLimit = 64 * 1_024

    /// The name of a user; "uid 1234" where the databases have none.
    package static func name(ofUser userID: UInt32) -> String {
        let name: String? = lookUp { start, size, found in
            var entry = passwd()
            var result: UnsafeMutablePointer<passwd>?
            let code = getpwuid_r(userID, &entry, start, size, &result)
            if result != nil, let name = entry.pw_name { found = String(cString: name) }
            return code
        }
        return name ?? "uid \(userID)"
    }

    /// The number of a group; `nil` if there is none of this name.
    package static func number(ofGroup name: String) -> UInt32? {
        lookUp { start, size, found in
            var entry = group()
            var result: UnsafeMutablePointer<group>?
            let code = getgrnam_r(name, &entry, start, size, &result)
            if result != nil { found = entry.gr_gid }
            return code
        }
    }

    /// The name of a group; "gid 1234" where the databases have none.
    package static func name(ofGroup groupID: UInt32) -> String {
        let name: String? = lookUp { start, size, found in
            var entry = group()
            var result: UnsafeMutablePointer<group>?
            let code = getgrgid_r(groupID, &entry, start, size, &result)
            if result != nil, let name = entry.gr_name { found = String(cString: name) }
            return code
        }
        return name ?? "gid \(groupID)"
    }

    /// The user that this process acts as.
    package static var current: UInt32 { geteuid() }

    /// The name that this host calls itself.
    package static var host: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown host" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Calls a reentrant look-up with a buffer that grows until the entry fits.
    private static func lookUp<Found>(_ ask: (UnsafeMutablePointer<CChar>, Int, inout Found?) -> Int32) -> Found? {
        var size = 1_024
        while size <= entryLimit {
            var found: Found?
            var buffer = [CChar](repeating: 0, count: size)
            let code = ask(&buffer, size, &found)
            guard code == ERANGE else { return found }
            size *= 2
        }
        return nil
    }
}
