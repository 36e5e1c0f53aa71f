internal import Testing

/// A configuration with mistakes, and the exact words they are reported in.
struct MistakeCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let yaml: String
    let words: [String]

    init(_ name: String, _ yaml: String, _ words: String...) {
        testDescription = name
        self.yaml = yaml
        self.words = words
    }

    /// A whole file around the lines of one service, which begin in line 4.
    static func service(_ name: String, _ lines: String, _ words: String...) -> MistakeCase {
        let indented = lines.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
        return MistakeCase(name, yaml: "version: 1\nservices:\n  shop:\n" + indented + "\n", words: words)
    }

    /// A whole file around the keys of the last of two environments, which begin in line 9.
    static func prod(_ name: String, _ lines: String, _ words: String...) -> MistakeCase {
        let indented = lines.split(separator: "\n").map { "        " + $0 }.joined(separator: "\n")
        return MistakeCase(
            name, yaml: Self.head + "      - name: prod\n        target: {stage: s}\n" + indented + "\n", words: words)
    }

    /// A whole file around one check of prod, in line 10.
    static func check(_ name: String, _ check: String, _ words: String...) -> MistakeCase {
        let yaml = Self.head + "      - name: prod\n        target: {stage: s}\n        checks:\n          - \(check)\n"
        return MistakeCase(name, yaml: yaml, words: words)
    }

    private init(_ name: String, yaml: String, words: [String]) {
        testDescription = name
        self.yaml = yaml
        self.words = words
    }

    private static let head = """
        version: 1
        services:
          shop:
            registry: {layout: r}
            repository: shop
            environments:
              - {name: testing, target: {stage: s}}

        """
}
