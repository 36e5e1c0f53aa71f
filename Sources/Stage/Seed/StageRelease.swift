package import PromotionCore

/// One prepared release, as data: what the seed makes an image of.
package struct StageRelease: Hashable, Sendable {
    /// What the image says it is.
    package let version: SafeText
    package let behaviour: SlotBehaviour
    /// The commit that it says it was built from: 40 hexadecimal digits.
    package let revision: SafeText
    /// When it says it was built (RFC 3339).
    package let created: SafeText
    /// More than one make an index.
    package let platforms: [Platform]
    /// Release, candidate, build and pointer tags.
    package let tags: [Tag]
}

extension Platform {
    /// The platform of this machine.
    package static var host: Platform {
        #if arch(arm64)
            Platform(system: "linux", architecture: "arm64")
        #else
            Platform(system: "linux", architecture: "amd64")
        #endif
    }

    /// One that this machine is not.
    fileprivate static var other: Platform {
        Platform(system: "linux", architecture: host.architecture == "amd64" ? "arm64" : "amd64")
    }
}

extension StageSeed {
    /// The repository of the prepared releases.
    package static let repository = repository("shop/payments")
    /// The repository of a second service with the same releases.
    package static let secondRepository = repository("shop/orders")

    /// The prepared releases of the service `payments`, oldest first.
    package static let releases: [StageRelease] = [
        release(
            "2.30.1", .good, "3f9c1d07a4be25f8816e0d9b7c52aa41f06e8d13", "2026-07-28T09:12:44Z",
            tags: ["v2.30.1", "v2.30.1-rc.2", "prod-green"]),
        release(
            "2.30.3", .good, "8b27e5c94d10f3a6b95c7e2188d4f60a3c71e9b2", "2026-08-06T14:31:05Z",
            tags: ["v2.30.3", "v2.30.3-rc.1", "testing", "staging", "prod", "prod-blue"]),
        release(
            "2.31.0-rc.1", .good, "c41d80b6e27f95a30c8be91d7745f2a86b03de57", "2026-08-17T08:05:30Z", tags: ["v2.31.0-rc.1"]),
        release(
            "2.31.0-rc.2", .good, "5ae9027fd3c8b614e90a7d52fb36c18e4d27a09c", "2026-08-19T11:47:18Z",
            platforms: [.host, .other], tags: ["v2.31.0-rc.2"]),
        release(
            "2.32.0-rc.1", .unhealthy, "e07b36d1589ca24f7ed10b86c93f5a27408bd6e1", "2026-08-20T15:22:51Z", tags: ["v2.32.0-rc.1"]),
        release(
            "2.33.0-rc.1", .failsAfterSwitch, "19d4fc708eb6a35219f0c7de84a2b53d6e7190fa", "2026-08-21T10:03:12Z",
            tags: ["v2.33.0-rc.1"]),
        release(
            "2.33.1-rc.1", .failsUnderTraffic, "70c2b9e4a8d1f35607ee94bc12a0d8f4639b5ca1", "2026-08-22T09:27:33Z",
            tags: ["v2.33.1-rc.1"]),
        release(
            "2.33.2-rc.1", .slowUnderTraffic, "d95a1f3c0b6e27488f25c7a9e03b64d1587fc2e0", "2026-08-22T13:54:18Z",
            tags: ["v2.33.2-rc.1"]),
        release(
            "2.34.0-rc.1", .slow, "a6528ed30f94b7c1d852ea690bd17f3c94e80a25", "2026-08-23T16:40:07Z", tags: ["v2.34.0-rc.1"]),
    ]

    /// What each place runs before anything is promoted, by the tag of its release.
    static let initial: [(environment: EnvironmentName, slot: SlotName, tag: Tag, isLive: Bool)] = [
        (.literal("testing"), .only, tag("v2.30.3"), true),
        (.literal("staging"), .only, tag("v2.30.3"), true),
        (.literal("prod"), .literal("blue"), tag("v2.30.3"), true),
        (.literal("prod"), .literal("green"), tag("v2.30.1"), false),
    ]

    private static func release(
        _ version: StaticString, _ behaviour: SlotBehaviour, _ revision: StaticString, _ created: StaticString,
        platforms: [Platform] = [.host], tags: [StaticString]
    ) -> StageRelease {
        let build = tag("sha-\(revision.description.prefix(7))")
        return StageRelease(
            version: SafeText(version.description), behaviour: behaviour, revision: SafeText(revision.description),
            created: SafeText(created.description), platforms: platforms, tags: tags.map { tag($0.description) } + [build])
    }

    private static func tag(_ text: String) -> Tag {
        do { return try Tag(text) } catch { preconditionFailure(error.description) }
    }

    private static func repository(_ text: StaticString) -> RepositoryName {
        do { return try RepositoryName(text.description) } catch { preconditionFailure(error.description) }
    }
}
