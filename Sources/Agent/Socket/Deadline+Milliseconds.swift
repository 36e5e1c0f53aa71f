internal import Platform
internal import PromotionCore

extension Deadline {
    /// The moment after a span from now.
    init(in span: Milliseconds) { self.init(in: span.duration) }
}
