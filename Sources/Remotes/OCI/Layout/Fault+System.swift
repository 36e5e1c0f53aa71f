internal import Glibc
internal import PromotionCore

extension Fault {
    /// A fault from the error of a system call.
    ///
    /// What a person has to mend (a path, a right) is refused; the rest, such as a full disk, broke.
    /// - Parameter what: the sentence's beginning: "cannot read /srv/images/index.json".
    static func system(_ what: String, _ code: Int32 = errno) -> Fault {
        let permanent: [Int32] = [ENOENT, ENOTDIR, ELOOP, EACCES, EPERM, EROFS, EISDIR, ENAMETOOLONG, ENXIO]
        let reason = String(cString: strerror(code))
        return Fault(permanent.contains(code) ? .refused : .broke, SafeText("\(what): \(reason)"))
    }

    /// What an image's own bytes do not allow; asking again changes nothing.
    static func refused(_ error: ImageDocumentError, in what: String) -> Fault {
        Fault(.refused, SafeText("\(what): \(error)"))
    }
}
