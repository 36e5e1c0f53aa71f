/// The frozen steps, gates and undo of one promotion or rollback. What is measured is not part of it; what was decided is.
package struct PromotionPlan: Hashable, Sendable, Codable {
    /// By which door the machine is entered.
    package enum Kind: String, Hashable, Sendable, Codable {
        case promotion, rollback
    }

    package let kind: Kind
    package let place: Place
    /// The environment it was tested in; nil for the first of a path, and for a rollback.
    package let from: EnvironmentName?
    package let strategy: Strategy
    /// How traffic moves, in order; empty unless it moves step by step.
    package let steps: [CanaryStep]
    /// Where the image is run from, and where pointer tags are moved.
    package let repository: RepositoryName
    /// The registry of it; nil for the registry of the service.
    package let registry: SafeText?
    /// Where the image is copied from first; nil where it is in its place already.
    package let source: ImageHome?
    /// What will run.
    package let release: Release
    /// Where it will run.
    package let slot: SlotName
    /// What serves when the plan is made; nil where nothing does.
    package let live: Occupant?
    /// What the slot held before; nil where it is empty or the slot is the live one.
    package let replaced: Release?
    /// Which pointer tags are moved, in order.
    package let pointers: [PointerStep]
    /// Set once the release has succeeded at the end of the path.
    package let finalTag: Tag?
    package let checks: [CheckSpecification]
    package let timing: Timing
    package internal(set) var switching: EnvironmentPolicy.Switching
    package let onInconclusive: EnvironmentPolicy.OnInconclusive
    /// Who besides the starter has to agree before it begins; nil where nobody has to.
    package let approval: ApprovalRule?
    package let routing: Routing?
    /// Number of the last ledger entry that changed the environment.
    package let generation: Int64
    /// Names the configuration of the environment that the plan was made under.
    package let policyVersion: Digest
    /// The rollback that it undoes; nil for any other plan.
    package let undoes: PromotionNumber?

    /// Names everything that was decided; consent is given to it and holds only while it does.
    package var hash: Digest { CanonicalJSON.digest(of: self) }

    package var image: PinnedImage { PinnedImage(repository: repository, digest: release.digest) }

    /// Where the image is run from, its registry named.
    package var home: ImageHome { ImageHome(registry: registry, repository: repository) }

    /// Where a promotion goes back to; nil where there is no way back: a first release, or a rollback itself.
    package var wayBack: Occupant? { kind == .promotion ? live : nil }

    /// The slot and release that a rollback ends in: the way back of a promotion, the goal of a rollback.
    package var goal: Occupant? {
        kind == .rollback ? Occupant(slot: slot, release: release) : wayBack
    }

    /// The release that loses its place when this ends in a rollback.
    package var rejected: Release? { kind == .promotion ? release : live?.release }

    /// The checks of a gate.
    package func checks(in gate: Gate) -> [CheckSpecification] { checks.filter(gate.holds) }
}

/// A slot and the release in it.
package struct Occupant: Hashable, Sendable, Codable {
    package let slot: SlotName
    package let release: Release

    package init(slot: SlotName, release: Release) {
        self.slot = slot
        self.release = release
    }
}

/// One move of a pointer tag.
package struct PointerStep: Hashable, Sendable, Codable {
    package let tag: Tag
    /// What it names when the plan is made; nil where it does not exist.
    package let from: Digest?
    package let to: Digest
    /// The slot it describes; nil for the environment's own pointer.
    package let slot: SlotName?

    package init(tag: Tag, from: Digest?, to: Digest, slot: SlotName?) {
        self.tag = tag
        self.from = from
        self.to = to
        self.slot = slot
    }
}
