import PromotionCore
import Testing

/// A registry and a way to fill it that does not go through the port.
protocol RegistryUnderTest: Sendable {
    var repository: RepositoryName { get }
    /// The registry as a newly started agent sees it.
    func open() -> any Registry & ArtifactStore
    func push(_ image: SampleImage, tags: [String]) async throws
    /// Removes one blob behind the registry's back.
    func erase(_ digest: Digest) async throws
}

/// What every registry behind the port must do; one list for all adapters.
enum RegistryContract: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case resolvesATag, tagsAreComplete, aVersionTagThatMoved, aMissingTagIsNil
    case releaseOfAnIndex, releaseOfAManifest, releaseOfNothing, theMostTellingTag
    case configurationByPlatform, configurationOfAPlatformThatIsNotOffered
    case anIncompleteImageIsNoRelease
    case movesAndReadsBack, createsATag, movingAgainIsHarmless
    case aConflictChangesNothing, anExistingTagIsNotCreated, anAbsentTagIsNotMoved
    case aStaleFenceIsRefusedAfterARestart, fencesAreKeptByTag
    case aReleaseTagIsOnlyCreated, aMissingImageIsNotTagged, anIncompleteImageIsNotTagged
    case otherTagsStay, anotherRepositoryIsRefused

    var testDescription: String { rawValue }

    func check(_ subject: some RegistryUnderTest) async throws {
        let world = try await World(subject)
        switch self {
        case .resolvesATag: try await world.resolvesATag()
        case .tagsAreComplete: try await world.tagsAreComplete()
        case .aVersionTagThatMoved: try await world.aVersionTagThatMoved()
        case .aMissingTagIsNil: try await world.aMissingTagIsNil()
        case .releaseOfAnIndex: try await world.releaseOfAnIndex()
        case .releaseOfAManifest: try await world.releaseOfAManifest()
        case .releaseOfNothing: try await world.releaseOfNothing()
        case .theMostTellingTag: try await world.theMostTellingTag()
        case .configurationByPlatform: try await world.configurationByPlatform()
        case .configurationOfAPlatformThatIsNotOffered: try await world.configurationOfAPlatformThatIsNotOffered()
        case .anIncompleteImageIsNoRelease: try await world.anIncompleteImageIsNoRelease()
        case .movesAndReadsBack: try await world.movesAndReadsBack()
        case .createsATag: try await world.createsATag()
        case .movingAgainIsHarmless: try await world.movingAgainIsHarmless()
        case .aConflictChangesNothing: try await world.aConflictChangesNothing()
        case .anExistingTagIsNotCreated: try await world.anExistingTagIsNotCreated()
        case .anAbsentTagIsNotMoved: try await world.anAbsentTagIsNotMoved()
        case .aStaleFenceIsRefusedAfterARestart: try await world.aStaleFenceIsRefusedAfterARestart()
        case .fencesAreKeptByTag: try await world.fencesAreKeptByTag()
        case .aReleaseTagIsOnlyCreated: try await world.aReleaseTagIsOnlyCreated()
        case .aMissingImageIsNotTagged: try await world.aMissingImageIsNotTagged()
        case .anIncompleteImageIsNotTagged: try await world.anIncompleteImageIsNotTagged()
        case .otherTagsStay: try await world.otherTagsStay()
        case .anotherRepositoryIsRefused: try await world.anotherRepositoryIsRefused()
        }
    }

    /// A registry that holds an old image in prod, a new one as candidate, and an index.
    struct World<Subject: RegistryUnderTest> {
        let subject: Subject
        let registry: any Registry & ArtifactStore
        let name: RepositoryName
        let old = SampleImage.single("old", revision: "0ld")
        let new = SampleImage.single("new")
        let index = SampleImage.multi("index", revision: "c0ffee")
        let prod: Tag

        init(_ subject: Subject) async throws {
            self.subject = subject
            registry = subject.open()
            name = subject.repository
            prod = try Tag("prod")
            try await subject.push(old, tags: ["prod", "v1.0.0", "v1.0.0-rc.9"])
            try await subject.push(new, tags: ["sha-0123abc"])
            try await subject.push(index, tags: ["v1.1.0-rc.1", "testing"])
        }

        func names(_ tag: Tag) async throws -> Digest? { try await subject.open().resolve(tag, in: name) }
    }
}
