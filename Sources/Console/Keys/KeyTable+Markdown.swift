extension KeyTable {
    /// The published list of keys, one table a scope.
    package static var markdown: String {
        var text = "# Keys\n"
        for scope in Scope.allCases {
            let own = bindings.filter { $0.scopes.contains(scope) }
            guard !own.isEmpty else { continue }
            text +=
                "\n## \(scope.rawValue.prefix(1).uppercased() + scope.rawValue.dropFirst())\n\n| key | what it does |\n|---|---|\n"
            for binding in own {
                text += "| \(binding.keys.map { "`\($0.label)`" }.joined(separator: " ")) | \(binding.description) |\n"
            }
        }
        return text
    }
}
