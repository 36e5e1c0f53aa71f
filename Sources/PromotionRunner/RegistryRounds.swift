internal import PromotionCore

/// How often a registry is asked what nobody has to decide about just now.
///
/// A registry counts what it is asked, and refuses more than it allows: what is asked for a screen is missing where something
/// is decided.
package struct RegistryRounds: Hashable, Sendable {
    /// From one list of a repository's tags to the next.
    let list: Milliseconds
    /// From one candidate that is asked again what it names to the next.
    let candidate: Milliseconds
    /// From look to look at the pointer tags of an environment.
    let pointers: Milliseconds
    /// The same while somebody watches, a promotion runs there, or a tag was seen to name something else.
    let watchedPointers: Milliseconds
    /// From proof to proof that the images are there to which environments could go back.
    let goals: Milliseconds

    /// Of a registry that is asked over the network.
    package static let remote = RegistryRounds(
        list: .seconds(60), candidate: .seconds(60), pointers: .seconds(60), watchedPointers: .seconds(10), goals: .seconds(60))
    /// Of a directory on this machine.
    package static let directory = RegistryRounds(
        list: .seconds(10), candidate: .seconds(60), pointers: .seconds(2), watchedPointers: .seconds(2), goals: .seconds(30))

    /// From a list that took so many requests to the next one: each page counts.
    func pause(afterListOf requests: Int) -> Milliseconds {
        Milliseconds(list.count * Int64(max(1, (requests + ListedTags.freePages - 1) / ListedTags.freePages)))
    }
}

/// What was last seen of the pointer tags of an environment.
struct PointerLook {
    let reading: Reading<[Tag: Digest]>
    /// When they were asked for, on the boot clock.
    let at: Milliseconds
    /// What the ledger had put there by then: a tag that is moved is looked at again.
    let expected: [Tag: Digest]
}

/// What is known of a repository's candidates between two lists.
struct CandidateWatch {
    /// When the tags are listed again, on the boot clock.
    var due = Milliseconds.zero
    /// Tags of the newest candidates, when each was last asked what it names.
    var asked: [Tag: (boot: Milliseconds, wall: Timestamp)] = [:]
    /// Builds have no order of their own: in which list each first appeared.
    var arrivals: [Tag: Int] = [:]
    var lists = 0
}
