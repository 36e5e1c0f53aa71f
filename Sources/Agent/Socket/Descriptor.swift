internal import Glibc

/// A file descriptor that is closed when nobody holds it any more.
struct Descriptor: ~Copyable {
    let number: CInt

    init(_ number: CInt) { self.number = number }

    deinit { close(number) }

    /// Hands the descriptor over to a caller who closes it.
    consuming func release() -> CInt {
        let number = self.number
        discard self
        return number
    }
}
