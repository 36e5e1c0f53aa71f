internal import Console
internal import Glibc
internal import Platform

/// Sets how ncurses encodes characters, from the environment.
enum TerminalLocale {
    /// Takes the character type of the environment's locale; where that locale is not installed, UTF-8 if its name allows it.
    ///
    /// Only LC_CTYPE is set: the rest of a locale would change how numbers are read and written elsewhere in the process.
    static func adopt() -> Glyphs {
        if setlocale(LC_CTYPE, "") == nil {
            _ = setlocale(LC_CTYPE, fallback(for: environmentName))
        }
        return String(cString: nl_langinfo(CInt(CODESET))) == "UTF-8" ? .unicode : .ascii
    }

    /// The locale to use in place of one that is not installed: another encoding than UTF-8 in its name means ASCII.
    static func fallback(for name: String) -> String {
        guard let dot = name.firstIndex(of: ".") else { return "C.UTF-8" }
        let encoding = name[name.index(after: dot)...].prefix { $0 != "@" }.lowercased()
        return encoding == "utf-8" || encoding == "utf8" ? "C.UTF-8" : "C"
    }

    /// The name that decides the character type (locale(7)).
    private static var environmentName: String {
        for variable in ["LC_ALL", "LC_CTYPE", "LANG"] {
            if let value = ThisProcess.variable(variable) { return value }
        }
        return "C"
    }
}
