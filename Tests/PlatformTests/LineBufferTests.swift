internal import Platform
internal import Testing

@Suite struct LineBufferTests {
    private func lines(of chunks: [String], limit: Int = 100) throws -> [String] {
        var buffer = LineBuffer(limit: limit)
        var lines: [String] = []
        for chunk in chunks {
            buffer.append(Array(chunk.utf8))
            while let line = try buffer.next() { lines.append(String(decoding: line, as: UTF8.self)) }
        }
        return lines
    }

    @Test(arguments: [
        ["one\ntwo\n"], ["one\ntw", "o\n"], ["o", "ne", "\n", "two", "\n"], ["one\ntwo\nthr"],
    ])
    func `a line is the same however the stream is cut`(chunks: [String]) throws {
        #expect(try lines(of: chunks) == ["one", "two"])
    }

    @Test func `empty lines are lines`() throws {
        #expect(try lines(of: ["\n\na\n"]) == ["", "", "a"])
    }

    @Test(arguments: [["12345\n"], ["123456"], ["1\n123456\n"]])
    func `a line over the limit is an error, with or without its end`(chunks: [String]) {
        #expect(throws: LineBuffer.LineTooLong.self) { try lines(of: chunks, limit: 4) }
    }

    @Test func `a line of exactly the limit passes`() throws {
        #expect(try lines(of: ["12", "34", "\n"], limit: 4) == ["1234"])
    }

    @Test func `a long stream keeps its lines`() throws {
        var buffer = LineBuffer(limit: 1_000_000)
        var count = 0
        for _ in 0..<50 {
            buffer.append(Array((String(repeating: "x", count: 99_999) + "\n").utf8))
            buffer.append(Array("tail".utf8))
            while let line = try buffer.next() {
                count += 1
                #expect(line.count == (count == 1 ? 99_999 : 100_003))
            }
        }
        #expect(count == 50)
    }
}
