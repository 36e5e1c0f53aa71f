import Foundation
import PromotionCore
import Remotes
import Testing

@Suite struct `The credentials of an account` {
    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        let file: String
        let address: String
        var repository = "shop/payments"
        let logins: [DockerConfiguration.Login]
        var testDescription: String { what }
    }

    static func pair(_ name: String) -> String { Data("\(name):pa:ss".utf8).base64EncodedString() }
    private static func entry(_ key: String, _ name: String = "me") -> String { #""\#(key)":{"auth":"\#(pair(name))"}"# }
    private static func auths(_ entries: String...) -> String { #"{"auths":{\#(entries.joined(separator: ","))}}"# }
    private static func basic(_ name: String = "me") -> DockerConfiguration.Login {
        .credentials(.basic(username: name, password: Secret("pa:ss")))
    }

    static let cases = [
        Case(
            what: "a host with its port", file: auths(entry("r.example:5000")), address: "https://r.example:5000",
            logins: [basic()]),
        Case(
            what: "the scheme's own port is not written", file: auths(entry("r.example")), address: "https://r.example:443",
            logins: [basic()]),
        Case(
            what: "the scheme's own port is written in the file", file: auths(entry("r.example:443")),
            address: "https://r.example", logins: [basic()]),
        Case(
            what: "a URL of old", file: auths(entry("https://r.example/v2/")), address: "https://r.example", logins: [basic()]),
        Case(
            what: "an address of old without a scheme", file: auths(entry("r.example/v1/")), address: "https://r.example",
            logins: [basic()]),
        Case(what: "capitals in the host", file: auths(entry("R.Example")), address: "https://r.example", logins: [basic()]),
        Case(
            what: "another port is another registry", file: auths(entry("r.example")), address: "https://r.example:5000",
            logins: []),
        Case(
            what: "Docker Hub under its name of old", file: auths(entry("https://index.docker.io/v1/")),
            address: "https://registry-1.docker.io", logins: [basic()]),
        Case(
            what: "an identity token", file: #"{"auths":{"r.example":{"identitytoken":"x"}}}"#, address: "https://r.example",
            logins: [.credentials(.identityToken(Secret("x")))]),
        Case(
            what: "the registry's own helper before all",
            file: #"{"credsStore":"all","credHelpers":{"r.example":"ecr-login"},"auths":{\#(entry("r.example"))}}"#,
            address: "https://r.example", logins: [.helper("ecr-login"), .helper("all"), basic()]),
        Case(
            what: "the common helper before the file", file: #"{"credsStore":"pass","auths":{\#(entry("r.example"))}}"#,
            address: "https://r.example", logins: [.helper("pass"), basic()]),
        Case(
            what: "an entry for a part of the registry before the common helper",
            file: #"{"credsStore":"pass","auths":{\#(entry("r.example/shop"))}}"#,
            address: "https://r.example", logins: [basic(), .helper("pass")]),
        Case(
            what: "an entry that the helper left", file: #"{"auths":{"r.example":{}}}"#, address: "https://r.example", logins: []),
        Case(
            what: "the longest entry first",
            file: auths(entry("r.example", "all"), entry("r.example/shop/payments", "one"), entry("r.example/shop", "some")),
            address: "https://r.example", logins: [basic("one"), basic("some"), basic("all")]),
        Case(
            what: "a part of a word is no part of a name", file: auths(entry("r.example/shop/pay")), address: "https://r.example",
            logins: []),
        Case(
            what: "an entry for another repository", file: auths(entry("r.example/other")), address: "https://r.example",
            logins: []),
        Case(
            what: "one registry under two keys: as it is named before a URL of old",
            file: auths(entry("https://r.example", "url"), entry("r.example:443", "port"), entry("r.example", "host")),
            address: "https://r.example", logins: [basic("host"), basic("url"), basic("port")]),
        Case(
            what: "an entry of another registry that cannot be read",
            file: #"{"auths":{"bad.example":{"auth":"!!"},\#(entry("r.example")),"worse.example":7}}"#,
            address: "https://r.example", logins: [basic()]),
        Case(
            what: "a helper of another registry that is no program's name",
            file: #"{"credHelpers":{"bad.example":"../../bin/sh"},"auths":{\#(entry("r.example"))}}"#,
            address: "https://r.example", logins: [basic()]),
        Case(
            what: "zero bytes around a password",
            file: #"{"auths":{"r.example":{"auth":"\#(Data("me:pa:ss\0\0".utf8).base64EncodedString())"}}}"#,
            address: "https://r.example", logins: [basic()]),
    ]

    @Test(arguments: cases)
    func `are found in config.json`(_ example: Case) throws {
        let address = try #require(RegistryAddress(example.address))
        let configuration = try DockerConfiguration(parsing: Array(example.file.utf8))
        #expect(configuration.matches(for: address, try RepositoryName(example.repository)).map(\.login) == example.logins)
    }

    /// Every order of four entries.
    @Test func `do not depend on the order of the file`() throws {
        let entries = [
            Self.entry("r.example", "host"), Self.entry("https://r.example/v1/", "url"), Self.entry("r.example/shop", "part"),
            #""r.example/shop/payments/":{"auth":"!!"}"#,
        ]
        let address = try #require(RegistryAddress("https://r.example"))
        var found: Set<[DockerConfiguration.Login]> = []
        for first in 0..<4 {
            for second in 0..<3 {
                for third in 0..<2 {
                    var rest = entries
                    let order = [first, second, third, 0].map { rest.remove(at: $0) }
                    let file = #"{"auths":{\#(order.joined(separator: ","))}}"#
                    let matches = try DockerConfiguration(parsing: Array(file.utf8)).matches(
                        for: address, try RepositoryName("shop/payments"))
                    found.insert(matches.map(\.login))
                }
            }
        }
        #expect(found == [[.unreadable(.account), Self.basic("part"), Self.basic("host"), Self.basic("url")]])
    }

    @Test(arguments: [
        ("[]", "no JSON object"), ("{", "no JSON, as docker login writes it"), (#"{"auths":[]}"#, "auths is no JSON object"),
        (#"{"auths":{"r.example":{},"r.example":{}}}"#, "no JSON, as docker login writes it"),
    ])
    func `in a file that is wrong as a whole are none`(_ text: String, _ words: String) throws {
        let error = #expect(throws: DockerConfigurationError.self) { try DockerConfiguration(parsing: Array(text.utf8)) }
        #expect(try #require(error).description.contains(words))
    }

    private func account(
        _ text: String, _ address: String = "https://r.example", _ repository: String = "shop/payments", in scratch: Scratch
    ) async throws -> RegistryAccount {
        try scratch.write(text.utf8, to: "config.json")
        let address = try #require(RegistryAddress(address))
        return try await CredentialSource.dockerConfiguration(path: "\(scratch.path)/config.json")
            .account(for: address, try RepositoryName(repository), asking: CredentialHelpers(now: Wall.now))
    }

    @Test(arguments: [
        (#"{"credsStore":"../../bin/sh"}"#, "credsStore is not the name of a program"),
        (#"{"credHelpers":{"r.example":"a b"}}"#, #"entry "r.example" is not the name of a program"#),
        (#"{"auths":{"r.example":{"auth":"!!"}}}"#, #"the auth of entry "r.example" is not base64"#),
        (
            #"{"auths":{"r.example/shop":{"auth":"bWU="},"r.example":{"auth":"bWU6eA=="}}}"#,
            #"entry "r.example/shop" is not base64"#
        ),
        (#"{"auths":{"r.example":{"registrytoken":"x"}}}"#, "registrytoken alone"),
    ])
    func `that cannot be read are a refusal with entry and file, never another account`(
        _ text: String, _ words: String
    ) async throws {
        let scratch = try Scratch()
        let refusal = try await fault(of: { _ = try await account(text, in: scratch) })
        #expect(refusal.reason.text.contains(words), "\(refusal.reason)")
        #expect(refusal.reason.text.contains("\(scratch.path)/config.json"))
    }

    @Test func `say which entry of which file they are, and where none was found`() async throws {
        let scratch = try Scratch()
        let found = try await account(Self.auths(Self.entry("r.example/shop")), in: scratch)
        #expect(found.origin.text == #"the account is entry "r.example/shop" of \#(scratch.path)/config.json"#)
        let none = try await account(Self.auths(Self.entry("r.example/shop")), "https://r.example", "other/app", in: scratch)
        #expect(none.credentials == .anonymous)
        #expect(
            none.origin.text
                == #"no account: \#(scratch.path)/config.json has none for r.example/other/app; entry "r.example/shop" is for other repositories"#
        )
    }

    @Test func `are never shown`() throws {
        let credentials = Credentials.basic(username: "me", password: Secret("s3cret"))
        for text in ["\(credentials)", String(reflecting: credentials), "\(Secret("s3cret"))"] {
            #expect(!text.contains("s3cret"))
        }
    }
}
