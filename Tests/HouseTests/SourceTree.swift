import FoundationEssentials

/// The package's own source, read as text.
enum SourceTree {
    struct File {
        /// Path below the package's root.
        let path: String
        let lines: [String]

        /// The target's name: the folder below Sources or Tests.
        var target: String { String(path.split(separator: "/").dropFirst().first ?? "") }
    }

    static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).prefix { $0 != "Tests" }.joined(
        separator: "/")

    /// A file of the project, or every file below a folder, as text; what is no text is left out.
    static func texts(in path: String) throws -> [(path: String, text: String)] {
        let manager = FileManager.default
        let below = (try? manager.subpathsOfDirectory(atPath: root + "/" + path)) ?? []
        let paths = below.isEmpty ? [path] : below.filter { !$0.contains("__pycache__") }.map { path + "/" + $0 }
        return paths.sorted().compactMap { path in
            (try? String(contentsOf: URL(filePath: root + "/" + path), encoding: .utf8)).map { (path, $0) }
        }
    }

    /// Every Swift file below a folder.
    static func files(in folder: String) throws -> [File] {
        let manager = FileManager.default
        return try manager.subpathsOfDirectory(atPath: root + "/" + folder).filter { $0.hasSuffix(".swift") }.sorted().map {
            name in
            let path = folder + "/" + name
            let text = try String(contentsOf: URL(filePath: root + "/" + path), encoding: .utf8)
            return File(path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        }
    }
}

extension SourceTree.File {
    /// Modules that the file imports.
    var imports: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ")
            guard let position = words.firstIndex(of: "import"), position <= 1 else { return nil }
            return words.dropFirst(position + 1).first.map(String.init)
        }
    }

    /// Functions with the number of their first line and how many lines they have.
    var functions: [(name: String, line: Int, length: Int)] {
        lines.indices.compactMap { start in
            let line = lines[start]
            let trimmed = line.drop { $0 == " " }
            let words = trimmed.split(separator: " ")
            guard !trimmed.hasPrefix("//"), words.contains("func") || trimmed.contains("init(") || trimmed.contains("init?("),
                !trimmed.contains("\""), words.first != "self" && !trimmed.hasPrefix("self.")
            else { return nil }
            let indentation = String(line.prefix { $0 == " " })
            guard
                let end = lines[(start + 1)...].firstIndex(where: {
                    $0.hasPrefix(indentation + "}") && $0.count <= indentation.count + 1
                })
            else { return nil }
            // A requirement of a protocol has no body: what follows it is a comment or the next one.
            let head = lines[start...min(start + 6, end)].prefix { !$0.drop { $0 == " " }.hasPrefix("///") }
            return head.contains { $0.hasSuffix("{") } ? (String(trimmed), start + 1, end - start + 1) : nil
        }
    }

    /// Names of the functions that the protocols of this file ask for.
    var requirements: [String] {
        var found: [String] = []
        var isInside = false
        for line in lines {
            if line.contains("protocol ") && line.hasSuffix("{") { isInside = true }
            if line.hasPrefix("}") { isInside = false }
            guard isInside, let range = line.firstRange(of: "func ") else { continue }
            found.append(String(line[range.upperBound...].prefix { $0 != "(" }))
        }
        return found
    }

    /// Types, functions and initialisers that other modules see and that have no sentence of documentation.
    /// - Parameter witnesses: names of functions that protocols ask for.
    func undocumented(witnesses: Set<String>) -> [String] {
        let kinds = ["struct", "enum", "protocol", "actor", "class", "func", "typealias"]
        return lines.indices.compactMap { index in
            let words = lines[index].split(separator: " ")
            guard words.first == "package", kinds.contains(where: { words.prefix(4).contains(Substring($0)) }) else { return nil }
            var above = index - 1
            while above >= 0, lines[above].drop(while: { $0 == " " }).hasPrefix("@") { above -= 1 }
            // What fulfils a protocol is documented where the protocol is.
            if let name = words.first(where: { $0.contains("(") || $0 == "<" || $0 == "+" || $0 == "-" }),
                witnesses.contains(String(name.prefix { $0 != "(" }))
            {
                return nil
            }
            let isDocumented = above >= 0 && lines[above].drop { $0 == " " }.hasPrefix("///")
            return isDocumented ? nil : "\(path):\(index + 1) \(lines[index].drop { $0 == " " })"
        }
    }
}
