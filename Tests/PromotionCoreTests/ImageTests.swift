import Fixtures
import PromotionCore
import Testing

extension ImageContents {
    /// An image from what its configuration says.
    static func sample(
        _ config: String, labels: [String: SafeText] = [:], layers: [(String, Int64)] = []
    ) throws -> ImageContents {
        ImageContents(
            digest: Digest(of: config.utf8), platform: Fixtures.linux,
            configuration: try ConfigurationContents(parsing: Array(#"{"os":"linux","config":\#(config)}"#.utf8)),
            annotations: labels, layers: layers.map { .init(digest: Digest(of: $0.0.utf8), size: $0.1) })
    }
}

@Suite struct `Image policy` {
    @Test(arguments: [
        (#"{}"#, true), (#"{"User":""}"#, true), (#"{"User":"root"}"#, true), (#"{"User":"0"}"#, true),
        (#"{"User":"0:0"}"#, true),
        (#"{"User":"00"}"#, true), (#"{"User":"root:app"}"#, true), (#"{"User":":app"}"#, true), (#"{"User":"app"}"#, false),
        (#"{"User":"1000:0"}"#, false), (#"{"User":"rooty"}"#, false),
    ])
    func `who is root is told by name and number`(config: String, isRoot: Bool) throws {
        #expect(try ImageContents.sample(config).configuration.isRoot == isRoot)
    }

    @Test(arguments: [
        ("debian:12", true), ("debian", false), ("debian:latest", false), ("registry:5000/debian", false),
        ("registry:5000/debian:12-slim", true), ("debian@sha256:\(String(repeating: "0", count: 64))", true), ("scratch", true),
        ("", false),
    ])
    func `a base is pinned by a version or a digest`(base: String, isPinned: Bool) throws {
        let rules = ImageRules(base: .pinned)
        let image = try ImageContents.sample("{}", labels: ["org.opencontainers.image.base.name": SafeText(base)])
        #expect(rules.objections(image).isEmpty == isPinned)
    }

    @Test func `every rule that does not hold is named at once, with what would be right`() throws {
        let rules = ImageRules(user: .notRoot, base: .pinned, labels: ["org.opencontainers.image.revision", "team"])
        let image = try ImageContents.sample(#"{"Labels":{"team":""}}"#)
        let found = rules.objections(image)
        #expect(found.count == 4 && found.allSatisfy { $0.kind == .imagePolicy && !$0.remedy.text.isEmpty })
        let good = try ImageContents.sample(
            #"{"User":"app","Labels":{"team":"shop","org.opencontainers.image.revision":"9c1e0af"}}"#,
            labels: ["org.opencontainers.image.base.name": "debian:12"])
        #expect(rules.objections(good).isEmpty)
    }

    @Test func `what could not be read does not pass`() {
        let review = ImageReview(papers: Papers([]), contents: nil)
        let digest = Digest(of: [])
        #expect(ImageRules(user: .notRoot).conditions(on: review, of: digest).contains { $0.objection != nil })
        #expect(ImageRules.none.conditions(on: review, of: digest).isEmpty)
    }
}

extension ImageRules {
    fileprivate func objections(_ image: ImageContents) -> [Objection] {
        conditions(on: ImageReview(papers: Papers([]), contents: image), of: image.digest).compactMap(\.objection)
    }
}

@Suite struct `What changed` {
    @Test func `labels, configuration, names of variables, layers and size`() throws {
        let old = try ImageContents.sample(
            #"""
            {"User":"app","Env":["PATH=/bin","TOKEN=s3cret","GONE=1"],"Entrypoint":["/app"],"Cmd":["serve"],
            "ExposedPorts":{"80/tcp":{}},"Labels":{"a":"1","b":"2"}}
            """#, layers: [("base", 1_000_000), ("app", 5_000)])
        let new = try ImageContents.sample(
            #"""
            {"User":"root","Env":["PATH=/bin","TOKEN=0ther","NEW=2"],"Entrypoint":["/app"],"Cmd":["serve"],
            "ExposedPorts":{"80/tcp":{},"443/tcp":{}},"Labels":{"a":"1","b":"3","c":"4"}}
            """#, layers: [("base", 1_000_000), ("app 2", 7_000), ("more", 500)])
        let change = ImageComparison(from: old, to: new)
        #expect(change.labels.map(\.name) == ["b", "c"] && change.labels[0].after == "3" && change.labels[1].before == nil)
        #expect(change.configuration.map(\.name) == ["user", "ports"])
        #expect(change.variables.map { "\($0.name) \($0.change.rawValue)" } == ["GONE removed", "NEW added", "TOKEN changed"])
        #expect(change.layers.shared == 1 && change.layers.newCount == 2 && change.layers.goneCount == 1)
        #expect(change.layers.newBytes == 7_500 && change.growth == 2_500)
        #expect(change.summary == "2 labels, user, ports, 3 variables, 2 of 3 layers new (7.5 kB), +2.5 kB")
        let sent = String(decoding: try CanonicalJSON.encode(change), as: UTF8.self)
        #expect(!sent.contains("s3cret") && !sent.contains("0ther") && !sent.contains(Digest(of: "s3cret".utf8).hex))
    }

    @Test func `an image has not changed against itself`() throws {
        let image = try ImageContents.sample(#"{"User":"app","Env":["A=1"]}"#, layers: [("base", 10)])
        let change = ImageComparison(from: image, to: image)
        #expect(change.isConfiguredAlike && change.labels.isEmpty && change.summary == "no configuration, no new layer")
    }

    @Test func `hostile configurations are bounded and made safe`() throws {
        let many = (0..<1_001).map { "\"V\($0)=1\"" }.joined(separator: ",")
        #expect(throws: PaperError.tooMany("variables", limit: 1_000)) { try ImageContents.sample(#"{"Env":[\#(many)]}"#) }
        let image = try ImageContents.sample(#"{"User":"\u001b[31m","Labels":{"\u202e":"x"}}"#)
        #expect(image.configuration.user == "\\u{1b}[31m" && image.configuration.labels["\\u{202e}"] == "x")
        let labels = (0..<300).map { "\"l\($0)\":\"x\"" }.joined(separator: ",")
        let change = ImageComparison(
            from: try .sample("{}"), to: try .sample(#"{"Labels":{\#(labels)}}"#, layers: [("a", .max), ("b", .max)]))
        #expect(change.labels.count == 100 && change.more == 200)
    }
}
