/// A value that is kept for convenience and makes no two things different.
struct Remembered<Value: Sendable>: Hashable, Sendable {
    let value: Value?

    static func == (left: Self, right: Self) -> Bool { true }
    func hash(into hasher: inout Hasher) {}
}
