extension Planning {
    /// The rules about the image itself; none where nobody looked at it.
    var imageConditions: [Condition] {
        switch snapshot.review {
        case .notAsked: []
        case .read(let review): environment.image.conditions(on: review, of: release.digest)
        case .unreadable(let fault):
            environment.image == .none
                ? []
                : [
                    Condition(
                        "image",
                        .unmet(
                            .init(
                                .notVerifiable, "what hangs on \(release.digest.short()) cannot be read: \(fault.reason)",
                                remedy: "the registry must answer before anything is promoted")))
                ]
        }
    }
}
