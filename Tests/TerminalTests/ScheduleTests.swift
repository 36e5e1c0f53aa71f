internal import PromotionCore
internal import Terminal
internal import Testing

@Suite struct ScheduleTests {
    @Test func `attempts to connect come less and less often, until the agent has answered`() {
        var backoff = Backoff()
        #expect((0..<7).map { _ in backoff.next().count } == [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000])
        backoff.succeed()
        #expect(backoff.next() == Milliseconds(250))
    }

    @Test func `the first picture and the answer to a key are due at once, a stream's 16 ms after the last, nothing never`() {
        var schedule = PaintSchedule()
        #expect(schedule.due == .zero)
        schedule.painted(at: Milliseconds(1_000))
        #expect(schedule.due == nil)
        schedule.want()
        #expect(schedule.due == Milliseconds(1_016))
        schedule.want()
        #expect(schedule.due == Milliseconds(1_016))
        schedule.wantNow()
        schedule.want()
        #expect(schedule.due == .zero)
    }
}
