/// Everything that a retention plan is made from, read once.
package struct RetentionSnapshot: Hashable, Sendable {
    package var repository: RepositoryName
    /// Every service that uses the repository.
    package var services: [ServiceName] = []
    /// The ledger's last entry when it was read.
    package var sequence: Int64 = 0
    /// What every tag names, resolved afresh.
    package var tags: [Tag: Digest] = [:]
    /// Tags that are listed and name nothing, asked twice.
    package var dangling: Set<Tag> = []
    /// What is reachable from tags, referrers, active digests, and what the ledger knows and has not deleted.
    package var manifests: [Digest: StoredManifest] = [:]
    /// What the referrers API lists for a digest.
    package var referrers: [Digest: [Digest]] = [:]
    /// Names that the configuration gives to environments and slots.
    package var pointers: Set<Tag> = []
    /// How each service of the repository writes its versions, each way once.
    package var schemes: [TagScheme] = [.standard]
    /// What runs or is pointed at, in every environment and slot of every service.
    package var active: [ActiveDigest] = []
    /// Digests that are kept for another reason, each with it, where they exist.
    package var kept: [KeptDigest] = []
    /// What the ledger has under quarantine, by the digest that its tags named.
    package var quarantined: [Digest: Quarantine] = [:]
    package var sightings = Sightings()
    package var capabilities: RegistryCapabilities
    /// The registry's own clock, where it says.
    package var registryTime: Timestamp?
    /// When the ledger's last entry was made; nil for an empty ledger.
    package var lastEntryAt: Timestamp?
    /// What stands against deleting anything in this run: a page that did not come, an answer that could not be read.
    package var obstacles: [SafeText] = []

    /// A snapshot of an empty repository.
    package init(repository: RepositoryName, capabilities: RegistryCapabilities) {
        self.repository = repository
        self.capabilities = capabilities
    }
}

extension RetentionSnapshot {
    /// What retention takes a tag for.
    package func retentionClass(of tag: Tag) -> RetentionClass {
        RetentionClass(of: tag, pointers: pointers, schemes: schemes)
    }
}

/// A manifest or index as retention sees it: what it names, and how much of that is bytes.
package struct StoredManifest: Hashable, Sendable {
    /// A blob that a manifest names.
    package struct Blob: Hashable, Sendable {
        package let digest: Digest
        /// In bytes.
        package let size: Int64

        package init(digest: Digest, size: Int64) {
            self.digest = digest
            self.size = size
        }
    }

    package var mediaType: SafeText
    /// Whether its type is none that Baton knows: then nothing of it, or that it may name, is ever deleted.
    package var isOpaque = false
    package var children: [Digest] = []
    /// Of the children those that may be no document: what one of unknown type mentions, and what is listed as of unknown type.
    package var doubtful: Set<Digest> = []
    package var configuration: Digest?
    /// Layers and configuration.
    package var blobs: [Blob] = []
    package var subject: Digest?
    /// The builder's word.
    package var created: Timestamp?

    package init(mediaType: SafeText) { self.mediaType = mediaType }
}

/// A digest that an environment or slot names, serves or runs.
package struct ActiveDigest: Hashable, Sendable {
    package let digest: Digest
    package let place: Place
    /// What says so, in words: "prod/blue runs it".
    package let because: SafeText

    package init(digest: Digest, place: Place, because: SafeText) {
        self.digest = digest
        self.place = place
        self.because = because
    }
}

/// A digest that the ledger or a person keeps.
package struct KeptDigest: Hashable, Sendable {
    /// Which of the rules keeps it.
    package enum Rule: String, Hashable, Sendable, Codable {
        case promotion, goal, hold
        /// It was once active where nobody can look now.
        case stale
    }

    package let digest: Digest
    package let rule: Rule
    package let because: SafeText

    package init(digest: Digest, rule: Rule, because: SafeText) {
        self.digest = digest
        self.rule = rule
        self.because = because
    }
}

/// What the ledger has of one digest under quarantine.
package struct Quarantine: Hashable, Sendable, Codable {
    /// How far it has come.
    package enum Phase: String, Hashable, Sendable, Codable {
        /// Begun, perhaps half done.
        case quarantining
        case quarantined
        /// Its deletion has begun.
        case deleting
        /// It is gone from the registry; the tombstone can bring it back until blobs are collected.
        case deleted
    }

    package var phase: Phase
    package let mode: QuarantineMode
    /// The tags that named it.
    package let tags: [Tag]
    /// What goes with it: children and referrers.
    package let parts: [Digest]
    package let since: Timestamp
    /// When it may be deleted.
    package let until: Timestamp
    /// SHA-256 of the tombstone.
    package let tombstone: Digest

    package init(
        phase: Phase, mode: QuarantineMode, tags: [Tag], parts: [Digest], since: Timestamp, until: Timestamp, tombstone: Digest
    ) {
        self.phase = phase
        self.mode = mode
        self.tags = tags
        self.parts = parts
        self.since = since
        self.until = until
        self.tombstone = tombstone
    }

    /// The tag that holds a quarantined digest in mode *tag*.
    package static func tag(of digest: Digest, since: Timestamp) -> Tag? {
        try? Tag("quarantine-\(since.description.prefix(10).filter { $0 != "-" })-\(digest.hex)")
    }
}

/// When digests and tags were first and last seen to change.
package struct Sightings: Hashable, Sendable, Codable {
    /// When a digest was first seen in the repository.
    package var first: [Digest: Timestamp] = [:]
    /// When a tag last began to name a digest.
    package var tagged: [Digest: Timestamp] = [:]
    /// What each tag named at the last look.
    package var tags: [Tag: Digest] = [:]

    /// Nothing seen yet.
    package init() {}

    /// Takes a look at a whole repository; what is gone is forgotten, and would be new if it came again.
    package mutating func look(_ seen: [Tag: Digest], manifests: some Collection<Digest>, at now: Timestamp) {
        var next = Sightings()
        // What was there before anybody looked is no event.
        let isFirst = first.isEmpty && tags.isEmpty
        next.tags = seen
        next.first.reserveCapacity(manifests.count)
        for digest in manifests { next.first[digest] = first[digest] ?? now }
        for (tag, digest) in seen {
            next.first[digest] = first[digest] ?? now
            guard tags[tag] != digest else {
                if let before = tagged[digest] { next.tagged[digest] = max(before, next.tagged[digest] ?? before) }
                continue
            }
            if !isFirst { next.tagged[digest] = now }
        }
        for digest in next.first.keys where next.tagged[digest] == nil { next.tagged[digest] = tagged[digest] }
        self = next
    }
}

extension RetentionSnapshot {
    /// How old a digest is to the rules; nil where nobody knows, and that keeps.
    package func age(of digest: Digest, by rules: RetentionRules, now: Timestamp) -> Milliseconds? {
        RetentionPlanning.age(of: digest, manifests[digest], self, rules, now).map(Milliseconds.init)
    }

    /// What holds on to these digests: indexes that list them and subjects that they refer to.
    package func holders(of digests: Set<Digest>) -> [Digest: [Digest]] {
        let graph = RetentionGraph(self)
        var found: [Digest: [Digest]] = [:]
        for digest in digests {
            guard let node = graph.numbers[digest] else { continue }
            found[digest] = graph.above[node].map { graph.digests[Int($0)] }
        }
        return found
    }

    /// Everything below a digest, those above before those below: children, referrers, and theirs.
    package func reach(of digest: Digest) -> [Digest] { RetentionReach(self).below(digest) }
}

/// Asks again and again what is below a digest, for one reading of the repository.
package struct RetentionReach: Sendable {
    private let graph: RetentionGraph

    /// Lays the repository out once.
    package init(_ snapshot: RetentionSnapshot) { graph = RetentionGraph(snapshot) }

    /// Everything below a digest, those above before those below; the digest itself is not among it.
    package func below(_ digest: Digest) -> [Digest] {
        guard let node = graph.numbers[digest] else { return [] }
        var order: [RetentionGraph.Node] = []
        var seen: Set<RetentionGraph.Node> = [node]
        var path = [(node, graph.below[node])]
        while let last = path.last {
            guard let next = last.1.first else {
                order.append(last.0)
                path.removeLast()
                continue
            }
            path[path.count - 1].1.removeFirst()
            if seen.insert(next).inserted { path.append((next, graph.below[next])) }
        }
        return order.reversed().dropFirst().map { graph.digests[Int($0)] }
    }
}
