internal import Glibc

/// What every descriptor of the poll loop must be: never waited for, and no child's.
enum Descriptor {
    static func prepare(_ descriptor: CInt) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
}
