import PromotionCore
import Remotes
import Testing

@Suite struct `An image document` {
    static let hex = String(repeating: "a", count: 64)
    static let child = #"{"mediaType":"\#(MediaType.ociManifest.text)","digest":"sha256:\#(hex)","size":7}"#
    static let configuration = #"{"mediaType":"\#(MediaType.ociConfiguration.text)","digest":"sha256:\#(hex)","size":7}"#

    /// A document, how it was announced, and a word of the reason against it; nil where it is right.
    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        let text: String
        var announced: MediaType?
        var reason: String?
        var testDescription: String { what }
    }

    static func index(_ children: String, type: MediaType? = .ociIndex, more: String = "") -> String {
        let type = type.map { #""mediaType":"\#($0.text)","# } ?? ""
        return #"{"schemaVersion":2,\#(type)"manifests":[\#(children)]\#(more)}"#
    }

    static func manifest(_ configuration: String = Self.configuration, type: MediaType? = .ociManifest) -> String {
        let type = type.map { #""mediaType":"\#($0.text)","# } ?? ""
        return #"{"schemaVersion":2,\#(type)"config":\#(configuration),"layers":[]}"#
    }

    static let right = [
        Case(what: "an OCI index", text: index(child)),
        Case(what: "an OCI index without a type, announced", text: index(child, type: nil), announced: .ociIndex),
        Case(what: "an OCI index that nobody names", text: index("", type: nil)),
        Case(what: "a Docker manifest list", text: index(child, type: .dockerList), announced: .dockerList),
        Case(what: "an OCI manifest", text: manifest(), announced: .ociManifest),
        Case(what: "an OCI manifest that nobody names", text: manifest(type: nil)),
        Case(what: "a Docker manifest", text: manifest(type: .dockerManifest)),
        Case(what: "a platform without architecture", text: index(child.replacing("}", with: #","platform":{"os":"linux"}}"#))),
        Case(what: "null for absent", text: index(child, more: #","annotations":null"#)),
    ]

    static let wrong = [
        Case(what: "nothing", text: "", reason: "ends too early"),
        Case(what: "a list", text: "[]", reason: "not an object"),
        Case(what: "no version", text: #"{"manifests":[]}"#, reason: "schemaVersion is missing"),
        Case(what: "version 1", text: #"{"schemaVersion":1,"manifests":[]}"#, reason: "schemaVersion is 1"),
        Case(what: "index and manifest in one", text: index(child, more: #","layers":[]"#), reason: "both"),
        Case(what: "another type than announced", text: index(child), announced: .ociManifest, reason: "announced as"),
        Case(what: "a manifest with the type of an index", text: manifest(type: .ociIndex), reason: "as a manifest"),
        Case(
            what: "an index announced as a manifest", text: index(child, type: nil), announced: .dockerManifest,
            reason: "as an index"),
        Case(what: "an unknown type", text: index(child, type: MediaType(#"text/\u001bhtml"#)), reason: #"text/\u{1b}html"#),
        Case(what: "neither", text: #"{"schemaVersion":2}"#, reason: "config is missing"),
        Case(what: "children that are no list", text: #"{"schemaVersion":2,"manifests":{}}"#, reason: "manifests is not a list"),
        Case(what: "a child that is no object", text: index("7"), reason: "manifests[0] is not an object"),
        Case(what: "no digest", text: index(child + #",{"mediaType":"a","size":1}"#), reason: "manifests[1].digest is missing"),
        Case(what: "no size", text: manifest(#"{"mediaType":"a","digest":"sha256:\#(hex)"}"#), reason: "config.size is missing"),
        Case(what: "no type", text: manifest(#"{"digest":"sha256:\#(hex)","size":1}"#), reason: "config.mediaType is missing"),
        Case(what: "a negative size", text: index(child.replacing(":7", with: ":-7")), reason: "size is not a whole number"),
        Case(
            what: "a size with a fraction", text: index(child.replacing(":7", with: ":7.5")), reason: "size is not a whole number"
        ),
        Case(
            what: "a size beyond 64 bits", text: index(child.replacing(":7", with: ":99999999999999999999")),
            reason: "size is not"),
        Case(what: "sha512", text: index(child.replacing("sha256", with: "sha512")), reason: "\"sha512\" is not supported"),
        Case(
            what: "a path as digest", text: index(child.replacing(hex, with: "../../../../etc/passwd")), reason: "is not a digest"
        ),
        Case(what: "upper case in a digest", text: index(child.replacing("aaaa", with: "AAAA")), reason: "is not a digest"),
        Case(
            what: "annotations that are no texts", text: index(child, more: #","annotations":{"a":1}"#),
            reason: "annotations.a is not a text"),
        Case(
            what: "1,001 children", text: index(Array(repeating: child, count: 1_001).joined(separator: ",")),
            reason: "1001 manifests, more than the 1000"),
        Case(
            what: "more than 4 MiB", text: index(child, more: String(repeating: " ", count: 4 << 20)),
            reason: "more than the 4194304"),
    ]

    @Test(arguments: right)
    func `is read`(_ sample: Case) throws {
        let document = try ImageDocument(parsing: Array(sample.text.utf8), as: sample.announced)
        if let announced = sample.announced { #expect(document.mediaType == announced) }
        switch document {
        case .index(let index):
            #expect(index.mediaType.isIndex && index.children.count == (sample.text.contains("sha256") ? 1 : 0))
        case .manifest(let manifest): #expect(manifest.mediaType.isManifest && manifest.configuration.size == 7)
        }
    }

    @Test(arguments: wrong)
    func `that lies is refused with the place`(_ sample: Case) throws {
        let error = #expect(throws: ImageDocumentError.self) {
            try ImageDocument(parsing: Array(sample.text.utf8), as: sample.announced)
        }
        let reason = try #require(sample.reason)
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func `with 1,000 children is read`() throws {
        let text = Self.index(Array(repeating: Self.child, count: 1_000).joined(separator: ","))
        guard case .index(let index) = try ImageDocument(parsing: Array(text.utf8)) else { throw Impatient() }
        #expect(index.children.count == 1_000)
    }
}

@Suite struct `An image configuration` {
    @Test func `says how the image runs`() throws {
        let text = #"""
            {"os":"linux","architecture":"arm64","config":{"User":"10001:10001","Env":["PATH=/bin","EMPTY="],"Labels":{"a":"\u001b[2J","b\n":"1"}}}
            """#
        let document = try ConfigurationDocument(parsing: Array(text.utf8))
        #expect(document.platform == Platform(system: "linux", architecture: "arm64"))
        #expect(document.configuration.user == "10001:10001")
        #expect(document.configuration.environment == ["PATH=/bin", "EMPTY="])
        #expect(document.configuration.labels == ["a": #"\u{1b}[2J"#, #"b\u{a}"#: "1"])
    }

    @Test(arguments: [
        "{}", #"{"config":null}"#, #"{"config":{}}"#,
        #"{"os":"","architecture":"","config":{"User":"","Env":null,"Labels":null}}"#,
    ])
    func `without a word is root, with no environment and no platform`(text: String) throws {
        let document = try ConfigurationDocument(parsing: Array(text.utf8))
        #expect(document.platform == nil)
        #expect(document.configuration == ImageConfiguration(user: "", environment: [], labels: [:]))
    }

    @Test(arguments: [
        (#"{"config":{"Env":"A=1"}}"#, "config.Env is not a list"), (#"{"config":{"Env":[1]}}"#, "config.Env[0] is not a text"),
        (#"{"config":{"Labels":{"a":{}}}}"#, "config.Labels.a is not a text"),
        (#"{"config":{"User":0}}"#, "config.User is not a text"),
        (#"{"os":1}"#, "os is not a text"), ("7", "not an object"),
    ])
    func `that lies is refused with the place`(text: String, reason: String) {
        let error = #expect(throws: ImageDocumentError.self) { try ConfigurationDocument(parsing: Array(text.utf8)) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
}
