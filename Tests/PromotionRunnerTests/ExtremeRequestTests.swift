import Fixtures
import Foundation
import PromotionCore
import PromotionRunner
import Simulation
import Testing

private typealias Operation = Simulation.Operation

/// Requests as nobody writes them: a number, a text or a part of each replaced by the most that its bytes can say.
@Suite struct `Extreme requests` {
    private static var numbers: [Any] {
        [
            Int64.min, Int64.min + 1, Int64.max, -999_999_999_999_999 as Int64, 999_999_999_999_999 as Int64, -1, 0, 1,
            -62_167_219_200_001 as Int64, 253_402_300_800_000 as Int64, UInt64.max, 1.5, 1e300, -1e300,
        ]
    }
    private static var others: [Any] {
        [
            "", String(repeating: "a", count: 5_000), "\u{0}\u{202E}\n", "-9223372036854775808", "..", "sha256:", NSNull(),
            [Any](),
            [String: Any](), true,
        ]
    }

    /// Every value with one of its leaves replaced.
    private static func variants(of value: Any) -> [Any] {
        var all: [Any] = others
        switch value {
        case let members as [String: Any]:
            for name in members.keys.sorted() {
                for variant in variants(of: members[name] ?? NSNull()) {
                    var changed = members
                    changed[name] = variant
                    all.append(changed)
                }
            }
        case let elements as [Any]:
            for index in elements.indices {
                for variant in variants(of: elements[index]) {
                    var changed = elements
                    changed[index] = variant
                    all.append(changed)
                }
            }
        default: all += numbers
        }
        return all
    }

    private static func operation() throws -> (Operation, Runner) {
        let operation = RunnerTests.tested()
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        return (operation, try #require(operation.runner))
    }

    private static func samples(_ operation: Operation) -> [OperatorRequest] {
        let offer = operation.board()?.rollbackOffers(of: Operation.prod).first { $0.effect != nil }
        return RequestSamples(place: Operation.prod, digest: Operation.fresh.digest, now: operation.world.now).all(offer)
    }

    @Test func `are tried of every kind that there is`() throws {
        let (operation, _) = try Self.operation()
        let missing = Set(RequestKind.allCases).subtracting(Self.samples(operation).map { RequestKind($0) })
        #expect(missing.isEmpty, "\(missing)")
        operation.finish()
    }

    @Test(arguments: RequestKind.allCases)
    func `are answered, whatever they say, and the agent goes on`(_ kind: RequestKind) throws {
        let (operation, runner) = try Self.operation()
        let sample = try #require(Self.samples(operation).first { RequestKind($0) == kind })
        let line = try Wire.line(Asked(id: 1, request: sample))
        let message = try JSONSerialization.jsonObject(with: Data(line))
        var (read, refused) = (0, 0)
        for variant in Self.variants(of: message) where JSONSerialization.isValidJSONObject(variant) {
            let bytes = Array(try JSONSerialization.data(withJSONObject: variant))
            guard let asked = try? Wire.read(Asked<OperatorRequest>.self, from: bytes), asked.request != .view(.subscribe) else {
                refused += 1
                continue
            }
            read += 1
            let answer = operation.await { await runner.answer(asked.request, by: Fixtures.alice, with: Grant(.admin)) }
            #expect(answer != nil, "\(String(decoding: bytes, as: UTF8.self))")
            #expect(throws: Never.self) { try answer.map { try Wire.line(AgentLine.answer(id: asked.id, $0)) } }
        }
        operation.pass(.seconds(2))
        #expect(operation.board() != nil && read + refused > 20)
        operation.finish()
    }

    @Test(arguments: [
        ("1", true), ("-999999999999999", true), ("9999999999999999", false), ("-9223372036854775808", false), ("1e3", false),
        ("1E300", false), ("1.5", true), ("0.12345678901234567", true), ("\"9999999999999999 1e300\"", true),
        (#""\"1e9""#, true), ("true", true), ("[1,2,[12345678901234567]]", false), ("1.0e-7", false),
    ])
    func `with numbers that nothing counts to are not read`(_ text: String, _ isRead: Bool) throws {
        let isTooLong: Bool
        do {
            _ = try Wire.read(Never?.self, from: Array(text.utf8))
            isTooLong = false
        } catch { isTooLong = error is Wire.NumberTooLong }
        #expect(isTooLong != isRead)
    }

    @Test(arguments: [Int64.min, .min + 1, -62_167_219_200_001, -1, 0, 253_402_300_800_000, .max - 1, .max])
    func `times are of the years 0 to 9999, and every one can be written`(_ count: Int64) throws {
        let decoded = try CanonicalJSON.decode(Timestamp.self, from: Array("\(count)".utf8))
        #expect((0...9_999).contains(CivilDate(dayNumber: decoded.dayNumber).year))
        for time in [decoded, Timestamp(millisecondsSinceEpoch: count)] { #expect("\(time) \(time.clock)".contains(":")) }
        #expect(decoded.dayNumber * 86_400_000 <= decoded.millisecondsSinceEpoch)
    }
}
