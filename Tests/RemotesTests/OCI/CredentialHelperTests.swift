import Foundation
import PromotionCore
import Remotes
import Testing

/// Helpers are real scripts, found by PATH as Docker finds them.
@Suite(.serialized) struct `A credential helper` {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// The account of r.example:5000, asked of a script.
    private func account(
        _ script: String, variables: [String] = [], helpers: CredentialHelpers = CredentialHelpers(now: Wall.now),
        auths: String = "{}"
    ) async throws -> RegistryAccount {
        try scratch.write("#!/bin/sh\n\(script)\n".utf8, to: "docker-credential-test")
        chmod("\(scratch.path)/docker-credential-test", 0o755)
        try scratch.write(#"{"credHelpers":{"r.example:5000":"test"},"auths":\#(auths)}"#.utf8, to: "config.json")
        let path = try #require(getenv("PATH").map { String(cString: $0) })
        setenv("PATH", "\(scratch.path):\(path)", 1)
        defer { setenv("PATH", path, 1) }
        let address = try #require(RegistryAddress("https://r.example:5000"))
        return try await CredentialSource.dockerConfiguration(path: "\(scratch.path)/config.json", variables: variables)
            .account(for: address, try RepositoryName("shop/payments"), asking: helpers)
    }

    private static let answer = #"printf '{"Username":"%s","Secret":"s3cret"}' "$(cat)""#

    @Test func `is given the host and answers in JSON`() async throws {
        let found = try await account(Self.answer)
        #expect(found.credentials == .basic(username: "r.example:5000", password: Secret("s3cret")))
        #expect(
            found.origin.text
                == #"the account is of docker-credential-test, entry "r.example:5000" of \#(scratch.path)/config.json"#)
    }

    @Test func `may warn on its errors, as many do, and is understood`() async throws {
        let found = try await account("echo 'WARNING: your login expires soon' >&2\n" + Self.answer)
        #expect(found.credentials == .basic(username: "r.example:5000", password: Secret("s3cret")))
    }

    @Test func `that writes more errors than anybody reads is not held up`() async throws {
        let found = try await account("head -c 300000 /dev/zero | tr '\\0' x >&2\n" + Self.answer)
        #expect(found.credentials == .basic(username: "r.example:5000", password: Secret("s3cret")))
    }

    @Test func `gets PATH, HOME, LANG, the proxies' variables and those that the registry names, and nothing else`() async throws
    {
        let given = [
            "LANG": "C.UTF-8", "https_proxy": "http://proxy.example:3128", "BATON_TEST_PROFILE": "prod", "BATON_TEST_OTHER": "x",
        ]
        for (name, value) in given { setenv(name, value, 1) }
        defer { for name in given.keys where name != "LANG" { unsetenv(name) } }
        let script = #"printf '{"Username":"%s","Secret":"x"}' "$(env | cut -d= -f1 | sort | tr '\n' ' ')""#
        let found = try await account(script, variables: ["BATON_TEST_PROFILE"])
        guard case .basic(let names, _) = found.credentials else {
            Issue.record("\(found)")
            return
        }
        let words = Set(names.split(separator: " ").map(String.init))
        #expect(words.isSuperset(of: ["PATH", "HOME", "LANG", "https_proxy", "BATON_TEST_PROFILE"]), "\(words)")
        #expect(!words.contains("BATON_TEST_OTHER"))
    }

    @Test func `inherits no file of the agent, whatever library opened it`() async throws {
        let leaked = open("/etc/hostname", O_RDONLY)
        #expect(dup2(leaked, 200) == 200)
        close(leaked)
        defer { close(200) }
        let found = try await account(#"printf '{"Username":"%s","Secret":"x"}' "$(ls /proc/$$/fd | tr '\n' ' ')""#)
        guard case .basic(let numbers, _) = found.credentials else {
            Issue.record("\(found)")
            return
        }
        #expect(!numbers.split(separator: " ").contains("200"), "\(numbers)")
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let what: String
        let script: String
        let words: String
        var testDescription: String { what }
    }

    static let refusals = [
        Refusal(
            what: "errors on its output, as docker-credential-pass does",
            script: "echo 'error getting credentials - err: exit status 2, out: `gpg: decryption failed: No secret key`'; exit 1",
            words: "gpg: decryption failed: No secret key"),
        Refusal(
            what: "errors on its errors, as gcloud does",
            script: "echo >&2; echo 'ERROR: (gcloud.auth.docker-helper) You do not have an active account' >&2; exit 1",
            words: "status 1: ERROR: (gcloud.auth.docker-helper) You do not have an active account"),
        Refusal(what: "no words at all", script: "exit 3", words: "it ended with status 3 ("),
        Refusal(what: "a signal", script: "kill -9 $$", words: "signal 9"),
        Refusal(
            what: "an answer that is no JSON", script: "echo '<html>'; echo 'login at http://login.example' >&2",
            words: "did not answer with Username and Secret as JSON: login at http://login.example"),
        Refusal(
            what: "control characters", script: #"printf 'bad \033[31mcolour\n' >&2; exit 1"#, words: #"bad \u{1b}[31mcolour"#),
    ]

    @Test(arguments: refusals)
    func `that fails is quoted, with entry and file`(_ refusal: Refusal) async throws {
        let fault = try await fault(of: { _ = try await account(refusal.script) })
        #expect(fault.reason.text.contains(refusal.words), "\(fault.reason)")
        #expect(fault.reason.text.contains(#"(entry "r.example:5000" of \#(scratch.path)/config.json)"#), "\(fault.reason)")
    }

    @Test(arguments: [
        #"printf '{"Username":"me","Secret":"S3cretT0ken"}'; exit 1"#,
        #"echo 'token=S3cretT0ken is refused' >&2; exit 1"#,
        #"echo 'the key eyJhbGciOiJIUzI1NiJ9S3cretT0ken was not taken' >&2; exit 1"#,
        #"echo 'my Secret: S3cretT0ken'; exit 1"#,
        #"echo '{"Username":"alice","Secret":"S3cretT0ken"}' >&2; exit 1"#,
        #"echo 'Authorization: Basic S3cretT0ken==' >&2; exit 1"#,
        #"echo 'GET https://alice:S3cretT0ken@r.example/ failed' >&2; exit 1"#,
        #"echo 'password="a!S3cretT0ken" is wrong' >&2; exit 1"#,
        #"echo 'token: ab/S3cretT0ken' >&2; exit 1"#,
    ])
    func `that fails with a secret in its words is not quoted with it`(_ script: String) async throws {
        let fault = try await fault(of: { _ = try await account(script) })
        #expect(!fault.reason.text.contains("S3cretT0ken"), "\(fault.reason)")
    }

    /// docker-credential-ecr-login says that there are none on its output, and why on its errors.
    @Test func `that has none lets an account of the file count, and its reason is kept`() async throws {
        let script = "echo 'credentials not found in native keychain'; echo 'level=error no EC2 IMDS role found' >&2; exit 1"
        let pair = Data("me:word".utf8).base64EncodedString()
        let found = try await account(script, auths: #"{"r.example:5000":{"auth":"\#(pair)"}}"#)
        #expect(found.credentials == .basic(username: "me", password: Secret("word")))
        let none = try await account(script)
        #expect(none.credentials == .anonymous)
        #expect(
            none.origin.text.hasSuffix(
                #"docker-credential-test (entry "r.example:5000") has none: level=error no EC2 IMDS role found"#))
    }

    @Test func `is run once a minute, and again after a failure`() async throws {
        let helpers = CredentialHelpers(now: Wall.now)
        let counting = "echo run >> \(scratch.path)/runs\n"
        _ = try? await account(counting + "exit 1", helpers: helpers)
        for _ in 1...3 { _ = try await account(counting + Self.answer, helpers: helpers) }
        let runs = try String(contentsOfFile: "\(scratch.path)/runs", encoding: .utf8).split(separator: "\n").count
        #expect(runs == 2)
    }

    @Test func `that is not there is a fault, never anonymous`() async throws {
        try scratch.write(#"{"credsStore":"surely-not-installed"}"#.utf8, to: "config.json")
        let address = try #require(RegistryAddress("https://r.example"))
        let refusal = try await fault(of: {
            _ = try await CredentialSource.dockerConfiguration(path: "\(scratch.path)/config.json")
                .account(for: address, nil, asking: CredentialHelpers(now: Wall.now))
        })
        #expect(refusal.reason.text.contains("docker-credential-surely-not-installed"))
        #expect(refusal.reason.text.contains("credsStore of \(scratch.path)/config.json"), "\(refusal.reason)")
    }
}
