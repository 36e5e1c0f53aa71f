internal import Console
internal import Fixtures
internal import PromotionCore
internal import Terminal
internal import Testing

/// Bytes as a terminal sends them, and the keys that they mean.
struct Typed: Sendable, CustomTestStringConvertible {
    let bytes: [UInt8]
    let inputs: [TerminalInput]

    init(_ text: String, _ keys: Key...) {
        bytes = Array(text.utf8)
        inputs = keys.map(TerminalInput.key)
    }

    init(bytes: [UInt8], _ keys: Key...) {
        self.bytes = bytes
        inputs = keys.map(TerminalInput.key)
    }

    init(_ text: String, paste: String) {
        bytes = Array(text.utf8)
        inputs = [.paste(paste)]
    }

    var testDescription: String { String(decoding: bytes, as: UTF8.self).debugDescription }
}

let keysOfTerminals: [Typed] = [
    Typed("j", .character("j")), Typed("R", .character("R")), Typed(" ", .character(" ")), Typed("é", .character("é")),
    Typed("€", .character("€")), Typed("🦀", .character("🦀")),
    Typed("\r", .enter), Typed("\n", .enter), Typed("\t", .tab), Typed("\u{7F}", .backspace), Typed("\u{08}", .backspace),
    Typed("\u{0C}", .control("l")), Typed("\u{03}", .control("c")), Typed("\u{1A}", .control("z")),
    Typed("\u{00}", .control("@")),
    Typed("\u{1C}", .control("\\")), Typed("\u{13}", .control("s")),
    Typed("\u{1B}[A", .up), Typed("\u{1B}[B", .down), Typed("\u{1B}[C", .right), Typed("\u{1B}[D", .left),
    Typed("\u{1B}OA", .up), Typed("\u{1B}OB", .down), Typed("\u{1B}OC", .right), Typed("\u{1B}OD", .left),
    Typed("\u{1B}[1;5C", .right), Typed("\u{1B}[1;2A", .up), Typed("\u{1B}[a", .up), Typed("\u{1B}Oa", .up),
    Typed("\u{1B}[H", .home), Typed("\u{1B}OH", .home), Typed("\u{1B}[1~", .home), Typed("\u{1B}[7~", .home),
    Typed("\u{1B}[F", .end), Typed("\u{1B}OF", .end), Typed("\u{1B}[4~", .end), Typed("\u{1B}[8~", .end),
    Typed("\u{1B}[2~", .insert), Typed("\u{1B}[3~", .delete), Typed("\u{1B}[5~", .pageUp), Typed("\u{1B}[6~", .pageDown),
    Typed("\u{1B}[5;5~", .pageUp), Typed("\u{1B}[3;5~", .unknown), Typed("\u{1B}[Z", .backTab),
    Typed("\u{1B}OP", .function(1)), Typed("\u{1B}OS", .function(4)), Typed("\u{1B}[11~", .function(1)),
    Typed("\u{1B}[15~", .function(5)), Typed("\u{1B}[17~", .function(6)), Typed("\u{1B}[21~", .function(10)),
    Typed("\u{1B}[24~", .function(12)), Typed("\u{1B}[[A", .function(1)), Typed("\u{1B}[[E", .function(5)),
    Typed("\u{1B}[P", .function(1)), Typed("\u{1B}[1;2P", .unknown), Typed("\u{1B}[16~", .unknown),
    Typed("\u{1B}OM", .enter), Typed("\u{1B}Ok", .character("+")), Typed("\u{1B}Oq", .character("1")),
    Typed("\u{1B}OX", .character("=")),
    // Answers and reports that nobody asked for: swallowed whole, whatever letters are in them.
    Typed("\u{1B}[<0;10;20MR", .unknown, .character("R")), Typed("\u{1B}[M RyR", .unknown, .character("R")),
    Typed("\u{1B}[?62;22cy", .unknown, .character("y")), Typed("\u{1B}[12;40Ry", .unknown, .character("y")),
    Typed("\u{1B}]11;rgb:0000/0000/0000\u{07}y", .unknown, .character("y")),
    Typed("\u{1B}]11;rgb:0000/0000/0000\u{1B}\\y", .unknown, .character("y")),
    Typed("\u{1B}P1+r5463\u{1B}\\y", .unknown, .character("y")),
    Typed("\u{1B}[I", .unknown), Typed("\u{1B}[99999999999999999999~", .unknown),
    Typed("\u{1B}[" + String(repeating: "1", count: 5_000) + "Ay", .unknown, .character("y")),
    // Two keys in one packet, and Alt, which looks the same.
    Typed("py", .character("p"), .character("y")), Typed("\u{1B}y", .escape, .character("y")),
    Typed("\u{1B}\u{1B}[A", .escape, .up), Typed("\u{1B}[\u{1B}[A", .unknown, .up),
    // Bytes that are no UTF-8.
    Typed(bytes: [0xFF], .unknown), Typed(bytes: [0x80], .unknown), Typed(bytes: [0xC3, 0x79], .unknown, .character("y")),
    Typed(bytes: [0xED, 0xA0, 0x80], .unknown), Typed(bytes: [0xE0, 0x80, 0x80], .unknown), Typed(bytes: [0xC2, 0x9B], .unknown),
    Typed(bytes: [0xC3, 0x1B, 0x5B, 0x41], .unknown, .up),
    Typed("\u{1B}[200~ls\ry\u{1B}[201~", paste: "ls\ry"), Typed("\u{1B}[200~\u{1B}[201~", paste: ""),
    Typed("\u{1B}[200~a\u{1B}[20b\u{1B}\u{1B}[201~", paste: "a\u{1B}[20b\u{1B}"),
]

@Suite struct KeyDecoderTests {
    @Test(arguments: keysOfTerminals)
    func `bytes of terminals become the keys that people mean`(typed: Typed) {
        var decoder = KeyDecoder()
        #expect(decoder.feed(typed.bytes) == typed.inputs)
        #expect(decoder.patience == nil)
    }

    @Test(arguments: keysOfTerminals)
    func `how a link cuts the bytes makes no difference`(typed: Typed) {
        var decoder = KeyDecoder()
        #expect(typed.bytes.flatMap { decoder.feed([$0]) } == typed.inputs)
    }

    @Test(arguments: [
        Typed("\u{1B}", .escape), Typed("\u{1B}[", .escape, .character("[")), Typed("\u{1B}O", .escape, .character("O")),
        Typed("\u{1B}]", .escape, .character("]")), Typed("\u{1B}P", .escape, .character("P")),
        Typed("\u{1B}[1;", .unknown), Typed("\u{1B}]11;", .unknown), Typed("\u{1B}[M!", .unknown), Typed("\u{1B}[[", .unknown),
        Typed("\u{1B}[200~half a paste\u{1B}[20", paste: "half a paste"),
    ])
    func `silence ends what was begun`(typed: Typed) {
        var decoder = KeyDecoder()
        #expect(decoder.feed(typed.bytes) == [])
        #expect(decoder.patience != nil)
        #expect(decoder.timeout() == typed.inputs)
        #expect(decoder.patience == nil)
        #expect(decoder.timeout() == [])
        #expect(decoder.feed(Array("y".utf8)) == [.key(.character("y"))])
    }

    @Test func `a lone Esc waits 25 ms, a paste through a stalled link 10 s`() {
        var decoder = KeyDecoder()
        _ = decoder.feed([0x1B])
        #expect(decoder.patience == Milliseconds(25))
        _ = decoder.feed(Array("[200~".utf8))
        #expect(decoder.patience == .seconds(10))
    }

    @Test func `what fingers type does not prolong a paste that has no end, and a burst does`() {
        var decoder = KeyDecoder()
        #expect(decoder.isProlonged(by: 1, after: .seconds(5)), "outside of a paste every byte counts")
        _ = decoder.feed(Array("\u{1B}[200~never ended".utf8))
        #expect(!decoder.isProlonged(by: 1, after: Milliseconds(200)))
        #expect(!decoder.isProlonged(by: 3, after: .seconds(2)))
        #expect(decoder.isProlonged(by: 1, after: Milliseconds(2)))
        #expect(decoder.isProlonged(by: 400, after: .seconds(2)))
        _ = decoder.feed(Array("qqq".utf8))
        #expect(decoder.timeout() == [.paste("never endedqqq")])
        #expect(decoder.feed(Array("q".utf8)) == [.key(.character("q"))])
    }

    @Test func `a paste over the limit is cut, and its end is still found`() {
        var decoder = KeyDecoder()
        let long = String(repeating: "y", count: 1_000_000)
        let inputs = decoder.feed(Array("\u{1B}[200~\(long)\u{1B}[201~q".utf8))
        #expect(inputs == [.paste(String(repeating: "y", count: KeyDecoder.pasteLimit)), .key(.character("q"))])
    }

    @Test(arguments: 1...64 as ClosedRange<UInt64>)
    func `random bytes never trap it, and a paste-free silence always leads back to the ground`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var decoder = KeyDecoder()
        let likely: [UInt8] = [0x1B, 0x5B, 0x4F, 0x3B, 0x7E, 0x30, 0x32, 0x4D, 0x5D, 0x07, 0x5C, 0xC3, 0xE2, 0xF0, 0x80]
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 1...16, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? likely.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
            }
            let inputs = decoder.feed(bytes)
            // Every input takes at least one byte, Esc before a key or a "[" that silence ends none of its own.
            #expect(inputs.count <= bytes.count * 2 + 1, "seed \(seed)")
            if Int.random(in: 0..<8, using: &random) == 0 {
                _ = decoder.timeout()
                #expect(decoder.patience == nil, "seed \(seed)")
            }
        }
    }
}
