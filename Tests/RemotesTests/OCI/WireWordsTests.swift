import PromotionCore
import Remotes
import Testing

@Suite struct `Words of the wire` {
    @Test(
        arguments: [
            ([#"Basic realm="x""#], Challenge.basic),
            (
                [#"Bearer realm="https://a/t",service="s",scope="repository:a/b:pull,push""#],
                .bearer(realm: "https://a/t", service: "s", scope: "repository:a/b:pull,push")
            ),
            ([#"Basic realm="x", Bearer realm=https://a/t"#], .bearer(realm: "https://a/t", service: nil, scope: nil)),
            ([#"Negotiate"#, #"bearer  REALM = "https://a/\"t""#], .bearer(realm: #"https://a/"t"#, service: nil, scope: nil)),
            (["Negotiate"], nil), ([], nil), ([#"Bearer realm="""#], nil),
            ([#"Bearer realm="open"#], .bearer(realm: "open", service: nil, scope: nil)),
        ] as [([String], Challenge?)])
    func `of a challenge are read`(_ fields: [String], _ challenge: Challenge?) {
        #expect(Challenge(fields) == challenge)
    }

    @Test(
        arguments: [
            ([#"</v2/a/tags/list?last=b>; rel="next""#], .query("last=b")),
            ([#"<https://other/v2/a?x=1,2>; rel=next"#], .query("x=1,2")), ([#"<?last=b#c>; rel="next""#], .query("last=b")),
            ([#"</p?a=1>; rel="prev", </n?a=2>; rel="next""#], .query("a=2")), ([#"</n>; rel="next""#], .unusable("/n")),
            ([#"</n?>; rel="next""#], .unusable("/n?")), ([#"</n?a b>; rel="next""#], .unusable("/n?a b")),
            ([#"</p>; rel="prev""#], nil), (["</n>"], nil), (["rel=next"], nil), ([], nil),
        ] as [([String], LinkHeader.Next?)])
    func `of a next page are read`(_ fields: [String], _ next: LinkHeader.Next?) {
        #expect(LinkHeader.next(in: fields) == next)
    }

    @Test(
        arguments: [
            ("5", "", 5_000), ("Sun, 06 Nov 1994 08:49:47 GMT", "", 10_000), ("Sun, 06 Nov 1994 08:49:27 GMT", "", 0),
            (nil, "slow down, retry-after: 10.305464ms, allowed", 11), (nil, "Retry-After: 1m2.5s", 62_500),
            (nil, "no idea", nil),
            ("soon", "", nil), ("-3", "", 0), ("99999999999999999999", "", nil),
        ] as [(String?, String, Int64?)])
    func `of a wait are read`(_ field: String?, _ message: String, _ milliseconds: Int64?) throws {
        let now = try #require(HTTPDate.parse("Sun, 06 Nov 1994 08:49:37 GMT"))
        #expect(RetryAfter.wait(field: field, message: message, now: now) == milliseconds.map(Milliseconds.init))
    }

    @Test(
        arguments: [
            ("https://r.example", "https://r.example"), ("https://R.Example:443/v2", "https://r.example"),
            ("http://[::1]:5000", "http://[::1]:5000"),
            ("https://me:secret@r.example", nil), ("ftp://r.example", nil), ("https://", nil), ("https://r:99999", nil),
            ("https://a b", nil), ("https://vault%2einternal", nil), ("http://169%2e254%2e169%2e254", nil),
        ] as [(String, String?)])
    func `of an address are read`(_ text: String, _ address: String?) {
        #expect(RegistryAddress(text)?.description == address)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("10.1.2.3", true), ("172.31.0.1", true), ("172.32.0.1", false), ("192.168.1.1", true),
        ("169.254.169.254", true),
        ("100.64.0.1", true), ("8.8.8.8", false), ("::1", true), ("fe80::1", true), ("fd00::1", true), ("::ffff:10.0.0.1", true),
        ("2001:4860:4860::8888", false), ("localhost", true), ("0x7f.1", true),
        ("nobody-knows.invalid", true),
    ])
    func `of a private network are known`(_ host: String, _ isPrivate: Bool) {
        #expect(AddressRule.isPrivate(host) == isPrivate)
    }

    @Test func `kept within a bound go in the order they came`() {
        var cache = BoundedCache<Int, String>(limit: 10)
        for number in 1...5 { cache.insert("\(number)", for: number, weight: 3) }
        #expect([1, 2, 3, 4, 5].map { cache[$0] } == [nil, nil, "3", "4", "5"])
        cache.insert("3 again", for: 3, weight: 3)
        cache.insert("6", for: 6, weight: 3)
        #expect([3, 4, 5, 6].map { cache[$0] } == ["3 again", nil, "5", "6"])
        cache.insert("too heavy", for: 7, weight: 11)
        #expect(cache[7] == nil && cache.weight == 9)
    }

    @Test func `put in again and again take no more place`() {
        var cache = BoundedCache<Int, Int>(limit: 1_000)
        for number in 0..<100_000 { cache.insert(number, for: number % 3, weight: 1) }
        #expect(cache.count == 3 && cache.places < 2_000 && cache[0] == 99_999)
        for number in 0..<100_000 { cache.insert(number, for: number, weight: 1) }
        #expect(cache.count == 1_000 && cache.places < 4_000 && cache[99_000] == 99_000)
    }
}
