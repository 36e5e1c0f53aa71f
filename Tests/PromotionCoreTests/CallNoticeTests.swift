import Fixtures
import PromotionCore
import Testing

/// Who does not look at a screen is told that a person is called, and what to do.
@Suite struct CallNoticeTests {
    static let place = Place(Fixtures.payments, Fixtures.prod)
    static let call = Call(
        .drift, digest: nil, "tag prod names 1f3870be, expected 67e2444a: somebody else moved it",
        remedy: "find out who changed it, put it right, then baton auto start payments prod", role: .operator)

    private var chronicle = Chronicle()

    init() throws { try chronicle.adoptFleet(serving: Fixtures.release("B", tag: "v2.30.3"), warm: Fixtures.release("D")) }

    private var notices: [Notice] { chronicle.projection.services[Fixtures.payments]?.notices ?? [] }

    @Test(arguments: NoticeFormat.allCases)
    func `a call says which it is, what is so, what to do and who can`(format: NoticeFormat) throws {
        var tests = self
        try tests.chronicle.record(.automation(.called(Self.call)), at: Self.place)
        let notice = try #require(tests.notices.last)
        #expect(notice.occasion == .called && notice.promotion == nil && notice.from?.tag?.text == "v2.30.3")
        let text = String(decoding: try notice.body(as: format, link: nil), as: UTF8.self)
        for words in [
            "payments prod: calls for a person: policy conflict", "somebody else moved it", "baton auto start payments prod",
            "operator or more",
        ] {
            #expect(text.contains(words), "\(text)")
        }
        if format == .json { #expect(text.contains(#""callSubject":"drift""#) && !text.contains(#""promotion":"#), "\(text)") }
    }

    @Test func `a call that is over before anybody was told is not told`() throws {
        var tests = self
        try tests.chronicle.record(.automation(.called(Self.call)), at: Self.place)
        try tests.chronicle.record(
            .automation(.callClosed(.access, reason: "it answers")), at: Self.place)
        #expect(tests.notices.count == 1)
        try tests.chronicle.record(.automation(.callClosed(.drift, reason: "it is so no longer")), at: Self.place)
        #expect(tests.notices.isEmpty)
    }

    @Test(arguments: [
        ("https://ci.example/{service}/{environment}", "https://ci.example/payments/prod"),
        ("https://ci.example/{promotion}", nil), ("https://ci.example/{digest}", nil),
    ])
    func `a link that names what the call is not about is left out`(template: String, link: String?) throws {
        var tests = self
        try tests.chronicle.record(.automation(.called(Self.call)), at: Self.place)
        let notice = try #require(tests.notices.last)
        #expect(try LinkTemplate(template).link(to: notice) == link)
    }
}
