import PromotionCore
import Remotes
import Testing

/// Expectations as Go's httpproxy has them, which docker, podman and skopeo use.
@Suite struct `Proxies of the environment` {
    struct Case: Sendable, CustomTestStringConvertible {
        let exceptions: String
        let url: String
        let isProxied: Bool
        var testDescription: String { "NO_PROXY=\(exceptions) \(url)" }
    }

    static let cases: [Case] = [
        ("", "https://r.example", true), ("", "http://r.example:8080", true),
        ("", "https://localhost", false), ("", "https://127.0.0.1:5000", false), ("", "https://[::1]:5000", false),
        ("r.example", "https://r.example", false), ("r.example", "https://a.r.example", false),
        ("r.example", "https://other-r.example", true), ("ample", "https://r.example", true),
        (".example", "https://r.example", false), (".r.example", "https://r.example", true),
        ("*.r.example", "https://a.r.example", false), ("*.r.example", "https://r.example", true),
        ("R.EXAMPLE", "https://r.example", false), ("*", "https://r.example", false), ("x, *", "https://10.0.0.1", false),
        (" a.example , r.example", "https://r.example", false), ("a.example r.example", "https://r.example", false),
        ("r.example:5000", "https://r.example:5000", false), ("r.example:5000", "https://r.example", true),
        ("r.example:443", "https://r.example", false), ("r.example:80", "http://r.example", false),
        ("10.0.0.0/8", "https://10.2.3.4:5000", false), ("10.0.0.0/8", "https://11.2.3.4", true),
        ("10.0.0.0/8", "https://ten.example", true), ("0.0.0.0/0", "https://192.0.2.1", false),
        ("192.0.2.1", "https://192.0.2.1:5000", false), ("192.0.2.1:5001", "https://192.0.2.1:5000", true),
        ("fd00::/8", "https://[fd00::1]:5000", false), ("[fd00::1]:5000", "https://[fd00::1]:5000", false),
        ("fd00::1", "https://[fd00::1]", false), ("::ffff:192.0.2.1", "https://192.0.2.1", false),
        ("10.0.0.0/33", "https://10.2.3.4", true), ("10.0.0.0/-1", "https://10.2.3.4", true),
        (",,:5000,[,.", "https://r.example", true), ("r.example:99999999999999999999", "https://r.example", true),
    ].map { Case(exceptions: $0.0, url: $0.1, isProxied: $0.2) }

    @Test(arguments: cases)
    func `hold for what NO_PROXY does not name`(_ example: Case) throws {
        let set = [
            "HTTPS_PROXY": "http://proxy.example:3128", "HTTP_PROXY": "http://proxy.example:3128", "NO_PROXY": example.exceptions,
        ]
        let address = try #require(RegistryAddress(example.url))
        let rules = ProxyRules { set[$0] }
        #expect((try rules.proxy(to: address) != nil) == example.isProxied)
    }

    struct Value: Sendable, CustomTestStringConvertible {
        let text: String
        let words: String?
        var authorization: Secret?
        var testDescription: String { text }
    }

    @Test(arguments: [
        Value(text: "http://proxy.example:3128", words: "the proxy proxy.example:3128 of HTTPS_PROXY"),
        Value(text: "http://proxy.example:3128/", words: "the proxy proxy.example:3128 of HTTPS_PROXY"),
        Value(text: "proxy.example:3128", words: "the proxy proxy.example:3128 of HTTPS_PROXY"),
        Value(text: "http://proxy.example", words: "the proxy proxy.example:80 of HTTPS_PROXY"),
        Value(text: "http://[fd00::1]:3128", words: "the proxy [fd00::1]:3128 of HTTPS_PROXY"),
        Value(text: "socks5://proxy.example", words: "the proxy proxy.example:1080 of HTTPS_PROXY"),
        Value(
            text: "http://me:pa%40ss@proxy.example:3128", words: "the proxy proxy.example:3128 of HTTPS_PROXY",
            authorization: Secret("Basic bWU6cGFAc3M=")),
        Value(text: "https://proxy.example:3128", words: nil), Value(text: "ftp://proxy.example", words: nil),
        Value(text: "http://me:s3cret@:3128", words: nil), Value(text: "http://proxy.example:0", words: nil),
        Value(text: "socks5://me:s3cret@proxy.example", words: nil), Value(text: "http://me:s3cret%zz@proxy.example", words: nil),
    ])
    func `are addresses, and anything else is a refusal that names the variable and no value`(_ value: Value) throws {
        let rules = ProxyRules { ["HTTPS_PROXY": value.text][$0] }
        let address = try #require(RegistryAddress("https://r.example"))
        guard let words = value.words else {
            let error = #expect(throws: ProxyRuleError.self) { try rules.proxy(to: address) }
            #expect(try #require(error).description.contains("HTTPS_PROXY"))
            #expect(!"\(try #require(error))".contains("s3cret"))
            return
        }
        let proxy = try #require(try rules.proxy(to: address))
        #expect("\(proxy)" == words)
        #expect(proxy.authorization == value.authorization)
        #expect(try rules.proxy(to: #require(RegistryAddress("http://r.example"))) == nil, "HTTPS_PROXY is for https alone")
    }

    @Test func `are read in capitals first, and in small letters else; an empty one is none`() throws {
        let address = try #require(RegistryAddress("https://r.example"))
        let both = ["HTTPS_PROXY": "http://capital.example:1", "https_proxy": "http://small.example:1"]
        #expect(try ProxyRules { both[$0] }.proxy(to: address)?.host == "capital.example")
        let small = ["HTTPS_PROXY": "", "https_proxy": "http://small.example:1"]
        #expect(try ProxyRules { small[$0] }.proxy(to: address)?.host == "small.example")
        #expect(try ProxyRules { ["HTTPS_PROXY": ""][$0] }.proxy(to: address) == nil)
    }
}
