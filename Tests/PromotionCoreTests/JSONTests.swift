import PromotionCore
import Testing

@Suite struct `JSON` {
    @Test(arguments: [
        "null", "true", "-0.10", "1e400", "123456789012345678901234567890", #""""#, #""a\"b\\c\u0007""#, "[]", "{}",
        #"{"b":1,"a":{"z":[1,2,[3]],"y":null}}"#, #""ä😀""#,
    ])
    func `is written back as it was read`(text: String) throws {
        #expect(String(decoding: try JSONParser.parse(Array(text.utf8)).bytes, as: UTF8.self) == text)
    }

    @Test(arguments: [
        (#" { "a" : [ 1 , 2 ] } "#, #"{"a":[1,2]}"#), (#""\u00e4\ud83d\ude00\/\t""#, #""ä😀/\u0009""#),
    ])
    func `loses only white space and spelling`(text: String, written: String) throws {
        #expect(String(decoding: try JSONParser.parse(Array(text.utf8)).bytes, as: UTF8.self) == written)
    }

    @Test(arguments: [
        ("", "ends too early"), ("{", "ends too early"), (#"{"a""#, "ends too early"), (#"{"a":1"#, "ends too early"),
        ("[1,", "ends too early"), ("\"abc", "ends too early"), (#""\u12"#, "ends too early"), ("tru", "ends too early"),
        ("-", "ends too early"), ("1.", "ends too early"), ("[1 2]", "expected"), ("{a:1}", "a member's name"),
        (#"{"a":1,}"#, "a member's name"), ("01", "the end"), ("+1", "a value"), ("NaN", "a value"), ("nil", "null"),
        (#"{"a":1,"a":2}"#, "two members \"a\""), (#"{"a":1,"\u0061":2}"#, "two members \"a\""), ("{} {}", "the end"),
        (#""\ud800""#, "surrogate"), (#""\udc00\ud800""#, "surrogate"), (#""\ud800\u0041""#, "surrogate"),
        (#""\x41""#, "an escape"), (#""\u00g0""#, "hexadecimal"), ("\"a\nb\"", "escaped control"), ("\u{FEFF}{}", "a value"),
    ])
    func `that is wrong is refused with its place`(text: String, reason: String) {
        let error = #expect(throws: JSONError.self) { try JSONParser.parse(Array(text.utf8)) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        #expect(error.map { $0.offset <= text.utf8.count } == true)
    }

    @Test func `nested too deep is refused, however deep`() {
        for depth in [33, 1_000_000] {
            let error = #expect(throws: JSONError.self) { try JSONParser.parse([UInt8](repeating: 0x5B, count: depth)) }
            #expect(error?.problem == .tooDeep(limit: 32))
        }
    }

    @Test(arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xF5, 0x80, 0x80, 0x80]] as [[UInt8]])
    func `that is not UTF-8 is refused`(bytes: [UInt8]) {
        let error = #expect(throws: JSONError.self) { try JSONParser.parse([0x22] + bytes + [0x22]) }
        #expect(error?.problem == .notUTF8)
        #expect(throws: JSONError.self) { try JSONParser.parse(bytes) }
    }

    @Test func `cut or changed anywhere is an error or another document, never a trap`() throws {
        let text = Array(#"{"schemaVersion":2,"manifests":[{"size":-1.5e3,"d":"\u00e4\ud83d\ude00"},null,true]}"#.utf8)
        for length in 0..<text.count {
            #expect(throws: JSONError.self) { try JSONParser.parse(Array(text[..<length])) }
        }
        for position in text.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[position] = byte
                guard let value = try? JSONParser.parse(changed) else { continue }
                #expect(try JSONParser.parse(value.bytes) == value)
            }
        }
    }
}
