internal import PromotionCore
internal import Testing

@testable internal import Stage

struct RoutingTableTests {
    private static let place = Place(.literal("payments"), .literal("prod"))
    private static let blue = SlotName.literal("blue")
    private static let green = SlotName.literal("green")

    private func table() throws -> RoutingTable {
        var table = RoutingTable()
        table.add(.init(Self.place, port: 9_000))
        try table.apply(
            .init(place: Self.place, fence: Fence(5), weights: [Self.blue: 100], backends: [Self.blue: 1, Self.green: 2]))
        return table
    }

    @Test(arguments: [
        (
            RoutingTable.Change(place: place, fence: Fence(4), weights: [green: 100]),
            RoutingRefusal.oldFence(place, seen: Fence(5), got: Fence(4))
        ),
        (.init(place: place, fence: Fence(5), weights: [green: 99]), .weights),
        (.init(place: place, fence: Fence(5), weights: [green: 200, blue: -100]), .weights),
        (.init(place: place, fence: Fence(5), weights: [.only: 100]), .nothingRuns(place, .only)),
        (.init(place: place, fence: Fence(6), weights: [green: 100], backends: [green: 0]), .nothingRuns(place, green)),
        (.init(place: place, fence: Fence(5), backends: [green: 70_000]), .port(green, 70_000)),
        (
            .init(place: Place(.literal("other"), .literal("prod")), fence: Fence(9)),
            .unknown(Place(.literal("other"), .literal("prod")))
        ),
    ])
    func `a change that is refused changes nothing`(change: RoutingTable.Change, refusal: RoutingRefusal) throws {
        var table = try table()
        let before = table
        #expect(throws: refusal) { try table.apply(change) }
        #expect(table == before)
    }

    @Test func `draws fall by weight`() throws {
        var table = try table()
        try table.apply(.init(place: Self.place, fence: Fence(5), weights: [Self.blue: 30, Self.green: 70]))
        let entry = try #require(table[Self.place])
        let drawn = (0..<100).map { entry.slot(for: $0) }
        #expect(drawn.count { $0 == Self.blue } == 30)
        #expect(drawn.count { $0 == Self.green } == 70)
    }
}
