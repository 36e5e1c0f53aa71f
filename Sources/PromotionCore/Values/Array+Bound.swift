extension Array {
    /// Appends an element, and lets go of the first ones beyond a number.
    package mutating func append(_ element: Element, keepingLast limit: Int) {
        append(element)
        if count > limit { removeFirst(count - limit) }
    }
}
