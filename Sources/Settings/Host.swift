internal import PromotionCore

/// What the reading of a configuration takes from the machine that it is read on, and from the top of the file.
struct Host {
    /// As OCI names it.
    let architecture: String
    /// The bytes of a zone's file in the time zone data; nil where there is none of this name.
    let zones: (String) -> [UInt8]?
    /// Freezes that hold in every environment.
    var freezes: [FreezeRule] = []
}
