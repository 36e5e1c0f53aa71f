internal import Platform
internal import PromotionCore

extension Fault {
    /// A request that the system refused: what a person has to change (a path, a right) is refused, the rest, such as a full
    /// disk, broke.
    /// - Parameter note: what the sentence says besides, with its separator.
    static func system(_ fault: SystemFault, _ note: String = "") -> Fault {
        Fault(fault.needsPerson ? .refused : .broke, SafeText("\(fault)\(note)"))
    }

    /// What an image's own bytes do not allow; asking again changes nothing.
    static func refused(_ error: ImageDocumentError, in what: String) -> Fault {
        Fault(.refused, SafeText("\(what): \(error)"))
    }
}
