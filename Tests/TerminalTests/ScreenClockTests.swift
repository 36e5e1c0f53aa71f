internal import PromotionCore
internal import Testing

@testable internal import Terminal

@Suite struct ScreenClockTests {
    static let start = Timestamp(millisecondsSinceEpoch: 1_787_580_000_000)

    @Test(arguments: [Milliseconds.minutes(60), .minutes(-60), .minutes(24 * 60), .minutes(-24 * 60)])
    func `a step of the wall clock is followed once nothing can be pending any more`(_ step: Milliseconds) {
        var clock = ScreenClock(wall: Self.start, monotonic: .seconds(100))
        #expect(clock.time(wall: Self.start + .seconds(1), monotonic: .seconds(101)) == Self.start + .seconds(1))
        #expect(clock.time(wall: Self.start + step + .seconds(2), monotonic: .seconds(102)) == Self.start + .seconds(2))
        #expect(clock.time(wall: Self.start + step + .seconds(4), monotonic: .seconds(104)) == Self.start + .seconds(4))
        #expect(clock.time(wall: Self.start + step + .seconds(5), monotonic: .seconds(105)) == Self.start + step + .seconds(5))
        #expect(clock.time(wall: Self.start + step + .seconds(6), monotonic: .seconds(106)) == Self.start + step + .seconds(6))
    }
}
