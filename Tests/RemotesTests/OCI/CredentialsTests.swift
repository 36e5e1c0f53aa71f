import Foundation
import PromotionCore
import Remotes
import Testing

@Suite struct `The credentials of an account` {
    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        let file: String
        let address: String
        let entry: DockerConfiguration.Entry?
        var testDescription: String { what }
    }

    private static let pair = Data("me:pa:ss".utf8).base64EncodedString()
    private static let basic = DockerConfiguration.Entry.credentials(.basic(username: "me", password: Secret("pa:ss")))

    static let cases = [
        Case(
            what: "a host with its port", file: #"{"auths":{"r.example:5000":{"auth":"\#(pair)"}}}"#,
            address: "https://r.example:5000", entry: basic),
        Case(
            what: "the scheme's own port is not written", file: #"{"auths":{"r.example":{"auth":"\#(pair)"}}}"#,
            address: "https://r.example:443", entry: basic),
        Case(
            what: "a URL of old", file: #"{"auths":{"https://r.example/v2/":{"auth":"\#(pair)"}}}"#, address: "https://r.example",
            entry: basic),
        Case(
            what: "another port is another registry", file: #"{"auths":{"r.example":{"auth":"\#(pair)"}}}"#,
            address: "https://r.example:5000", entry: nil),
        Case(
            what: "Docker Hub under its name of old", file: #"{"auths":{"https://index.docker.io/v1/":{"auth":"\#(pair)"}}}"#,
            address: "https://registry-1.docker.io", entry: basic),
        Case(
            what: "an identity token", file: #"{"auths":{"r.example":{"identitytoken":"x"}}}"#, address: "https://r.example",
            entry: .credentials(.identityToken(Secret("x")))),
        Case(
            what: "the registry's own helper before all",
            file: #"{"credsStore":"all","credHelpers":{"r.example":"ecr-login"},"auths":{"r.example":{"auth":"\#(pair)"}}}"#,
            address: "https://r.example", entry: .helper("ecr-login")),
        Case(
            what: "the common helper before the file", file: #"{"credsStore":"pass","auths":{"r.example":{"auth":"\#(pair)"}}}"#,
            address: "https://r.example", entry: .helper("pass")),
        Case(
            what: "an entry that the helper left", file: #"{"auths":{"r.example":{}}}"#, address: "https://r.example", entry: nil),
    ]

    @Test(arguments: cases)
    func `are found in config.json`(_ example: Case) throws {
        let address = try #require(RegistryAddress(example.address))
        #expect(try DockerConfiguration(parsing: Array(example.file.utf8)).entry(for: address) == example.entry)
    }

    @Test(arguments: [
        ("[]", "no JSON object"), (#"{"credsStore":"../../bin/sh"}"#, "not the name of a program"),
        (#"{"credHelpers":{"r":"a b"}}"#, "not the name of a program"), (#"{"auths":{"r":{"auth":"!!"}}}"#, "not base64"),
    ])
    func `in a config.json that is wrong are named by their place`(_ text: String, _ words: String) throws {
        let error = #expect(throws: DockerConfigurationError.self) { try DockerConfiguration(parsing: Array(text.utf8)) }
        #expect(try #require(error).description.contains(words))
    }

    @Test func `come from a helper that is given the host and answers in JSON`() async throws {
        let scratch = try Scratch()
        try scratch.write(
            "#!/bin/sh\nread host\nprintf '{\"Username\":\"%s\",\"Secret\":\"s3cret\"}' \"$host\"\n".utf8,
            to: "docker-credential-test")
        chmod("\(scratch.path)/docker-credential-test", 0o755)
        try scratch.write(#"{"credsStore":"test"}"#.utf8, to: "config.json")
        let path = try #require(getenv("PATH").map { String(cString: $0) })
        setenv("PATH", "\(scratch.path):\(path)", 1)
        defer { setenv("PATH", path, 1) }
        let address = try #require(RegistryAddress("https://r.example:5000"))
        let found = try await CredentialSource.dockerConfiguration(path: "\(scratch.path)/config.json").credentials(for: address)
        #expect(found == .basic(username: "r.example:5000", password: Secret("s3cret")))
    }

    @Test func `of a helper that is not there are a fault, never anonymous`() async throws {
        let scratch = try Scratch()
        try scratch.write(#"{"credsStore":"surely-not-installed"}"#.utf8, to: "config.json")
        let address = try #require(RegistryAddress("https://r.example"))
        let refusal = try await fault(of: {
            _ = try await CredentialSource.dockerConfiguration(path: "\(scratch.path)/config.json").credentials(for: address)
        })
        #expect(refusal.reason.text.contains("docker-credential-surely-not-installed"))
    }

    @Test func `are never shown`() throws {
        let credentials = Credentials.basic(username: "me", password: Secret("s3cret"))
        for text in ["\(credentials)", String(reflecting: credentials), "\(Secret("s3cret"))"] {
            #expect(!text.contains("s3cret"))
        }
    }
}
