internal import Fixtures
package import PromotionCore
package import Simulation
import Synchronization

/// What a registry holds beyond tags, in a simulated world: the tags are the world's own, so that promotions and retention meet.
package final class SimulatedStore: Sendable {
    /// What it holds, and what goes wrong with it.
    package struct State {
        package var documents: [Digest: StoredDocument] = [:]
        package var requests = 0
        /// How long each request takes.
        package var latency = Milliseconds(2)
        package var mutations = 0
        /// The request at which the agent dies; nil for never.
        package var diesAt: Int?
        /// What it was about to do when it died.
        var diedAt: [String] = []
        /// Requests at which somebody else tags something.
        package var strangersAt: Set<Int> = []
        /// What strangers tagged, and at which request.
        var strangers: [(tag: Tag, digest: Digest, at: Int)] = []
        var listedAt = 0
        /// Once in how many requests the line breaks; 0 for never.
        package var breaks = 0
        /// Once in how many requests the answer is lost after the work was done; 0 for never.
        package var losesAnswer = 0
        package var deletesTags = true
        package var deletesDigests = true
        /// Whether the account has the right to delete.
        package var mayDelete = true
        /// What somebody pushes after the second list of tags from now on was asked for: when items are checked.
        package var pushesOnList: (document: StoredDocument, tag: String)?
        /// How long each request takes once an item is about to be judged; nil where it stays as it is.
        package var latencyOfJudging: Milliseconds?
        package var lists = 0
        /// How long each change waits before it is sent, as where a registry asks to be left alone; nil where it does not.
        package var quiet: Milliseconds?
        /// A document that the registry loses together with the first one that is deleted.
        package var losesAlong: Digest?
        var random: SeededRandom
        var violations: [String] = []
        /// What happens when a kind of request is about to be answered.
        var onRequest: (@Sendable (Request, Timestamp, inout State, inout World.State) -> Void)?
    }

    /// A kind of request at which a journey does something.
    enum Request: Sendable {
        case time, list, resolve, document, put, deletesTag(Tag, Digest), deletes(Digest)

        /// Whether it changes what the registry holds.
        var changes: Bool {
            switch self {
            case .put, .deletesTag, .deletes: true
            case .time, .list, .resolve, .document: false
            }
        }

        var words: String {
            switch self {
            case .time: "asking the time"
            case .list: "listing the tags"
            case .resolve: "asking what a tag names"
            case .document: "reading a document"
            case .put: "putting a document"
            case .deletesTag: "deleting a tag"
            case .deletes: "deleting a digest"
            }
        }
    }

    package let world: World
    private let state: Mutex<State>

    package init(_ world: World, seed: UInt64) {
        self.world = world
        state = Mutex(State(random: SeededRandom(seed: seed)))
    }

    /// Looks at it, or changes it.
    package func with<Value: Sendable>(_ body: (inout State) -> Value) -> Value { state.withLock { body(&$0) } }

    /// The store as one agent sees it; once the agent is dead nothing of it arrives.
    func port(epoch: Int) -> SimulatedStorePort { SimulatedStorePort(store: self, epoch: epoch) }

    /// Pushes a document and names it.
    package func add(_ document: StoredDocument, as tags: [String] = []) {
        with { $0.documents[document.digest] = document }
        world.with { state in for text in tags { if let tag = text.asTag { state.named[tag] = document.digest } } }
    }

    /// Everything below a digest that the store holds or has lost.
    package func isWhole(_ digest: Digest) -> Bool {
        guard let document = with({ $0.documents[digest] }) else { return false }
        return document.links?.children.allSatisfy { isWhole($0.digest) } ?? true
    }

    /// An image that nothing but its name is known of.
    package static func image(_ name: String) -> StoredDocument {
        StoredDocument(mediaType: .ociManifest, bytes: Array("{\"image\":\"\(name)\"}".utf8), links: DocumentLinks())
    }

    /// An index over some documents.
    package static func index(_ name: String, over children: [StoredDocument]) -> StoredDocument {
        StoredDocument(
            mediaType: .ociIndex, bytes: Array("{\"index\":\"\(name)\"}".utf8),
            links: DocumentLinks(children: children.map(\.descriptor)))
    }
}

/// One agent's line to the store.
struct SimulatedStorePort: ArtifactStore {
    let store: SimulatedStore
    let epoch: Int

    private func call<Value: Sendable>(
        _ request: SimulatedStore.Request? = nil,
        _ body: (inout SimulatedStore.State, inout World.State) -> Value
    ) async throws(Fault) -> Value {
        try? await SimulatedClock(store.world.executor).sleep(for: store.with(\.latency).duration)
        let changes = request?.changes ?? false
        if changes, let quiet = store.with(\.quiet) {
            try? await SimulatedClock(store.world.executor).sleep(for: quiet.duration)
            guard !Task.isCancelled else { throw Fault(.unknown, "no answer: cancelled") }
        }
        let now = store.world.now
        return try store.with { state -> Result<Value, Fault> in
            store.world.with { world -> Result<Value, Fault> in
                guard !world.dead.contains(epoch) else { return .failure(Fault(.refused, "this agent is dead")) }
                state.requests += 1
                if changes { state.mutations += 1 }
                if state.diesAt == state.requests {
                    world.dead.insert(epoch)
                    state.diedAt.append(request?.words ?? "another request")
                    return .failure(Fault(.refused, "this agent is dead"))
                }
                if state.breaks > 0, state.random.onceIn(state.breaks) { return .failure(Fault(.broke, "the line broke")) }
                if let request, let onRequest = state.onRequest { onRequest(request, now, &state, &world) }
                let value = body(&state, &world)
                if state.strangersAt.contains(state.requests) { Self.intrude(&state, &world) }
                if state.losesAnswer > 0, state.random.onceIn(state.losesAnswer) {
                    return .failure(Fault(.unknown, "the answer was lost"))
                }
                return .success(value)
            }
        }.get()
    }

    /// Somebody else gives a name to something that is there.
    private static func intrude(_ state: inout SimulatedStore.State, _ world: inout World.State) {
        let digests = Set(world.named.values).filter { state.documents[$0] != nil }.sorted()
        guard !digests.isEmpty, let tag = "wanted-\(state.requests)".asTag else { return }
        let digest = digests[state.random.below(digests.count)]
        world.named[tag] = digest
        state.strangers.append((tag, digest, state.requests))
    }

    func resolve(_ tag: Tag, in repository: RepositoryName) async throws(Fault) -> Digest? {
        try await call(.resolve) { _, world in world.named[tag] }
    }

    func tagList(in repository: RepositoryName) async throws(Fault) -> TagList {
        try await call(.list) { state, world in
            state.listedAt = state.requests
            state.lists += 1
            if let latency = state.latencyOfJudging, state.lists > 2 { state.latency = latency }
            if let push = state.pushesOnList, state.lists > 2 {
                state.documents[push.document.digest] = push.document
                if let tag = push.tag.asTag { world.named[tag] = push.document.digest }
            }
            return TagList(tags: world.named.keys.sorted(), strangers: [])
        }
    }

    func document(_ digest: Digest, in repository: RepositoryName) async throws(Fault) -> StoredDocument? {
        try await call(.document) { state, _ in state.documents[digest] }
    }

    func blob(_ digest: Digest, limit: Int, in repository: RepositoryName) async throws(Fault) -> [UInt8]? { [] }
    func referrers(to digest: Digest, in repository: RepositoryName) async throws(Fault) -> [StoredDocument] { [] }
    func upload(_ bytes: [UInt8], in repository: RepositoryName) async throws(Fault) {}

    func put(_ document: StoredDocument, as tag: Tag?, in repository: RepositoryName, under fence: Fence) async throws(Fault) {
        try await call(.put) { state, world in
            state.documents[document.digest] = state.documents[document.digest] ?? document
            if let tag { world.named[tag] = document.digest }
        }
    }

    func delete(
        _ tag: Tag, naming digest: Digest, in repository: RepositoryName, under fence: Fence
    ) async throws(Fault) -> Deletion {
        try await call(.deletesTag(tag, digest)) { state, world in
            guard let named = world.named[tag] else { return .absent }
            guard named == digest else { return .conflict(observed: named) }
            if tag.kindOfName == .otherName {
                state.violations.append("tag \(tag) was deleted")
            }
            world.named[tag] = nil
            return .deleted
        }
    }

    func delete(_ digest: Digest, in repository: RepositoryName, under fence: Fence) async throws(Fault) -> Deletion {
        try await call(.deletes(digest)) { state, world in
            for (tag, named) in world.named where named == digest {
                let isRace = state.strangers.contains { $0.tag == tag && $0.at >= state.listedAt }
                if !isRace, tag.kindOfName == .otherName {
                    state.violations.append("tag \(tag) lost its digest")
                }
                world.named[tag] = nil
            }
            if let other = state.losesAlong, state.documents[digest] != nil {
                state.documents[other] = nil
                state.losesAlong = nil
            }
            return state.documents.removeValue(forKey: digest) == nil ? .absent : .deleted
        }
    }

    func capabilities(in repository: RepositoryName) async throws(Fault) -> RegistryCapabilities {
        try await call { state, _ in
            RegistryCapabilities(
                tagDeletion: state.deletesTags ? .yes : .no, digestDeletion: state.deletesDigests ? .yes : .no, referrersAPI: .no)
        }
    }

    func probeDeletion(in repository: RepositoryName, under fence: Fence) async throws(Fault) -> RegistryCapabilities {
        guard store.with(\.mayDelete) else { throw Fault(.refused, "forbidden: the account lacks a right of deletion") }
        return try await capabilities(in: repository)
    }

    func time() async throws(Fault) -> Timestamp? {
        try await call(.time) { _, _ in }
        return store.world.now
    }
}

extension Tag {
    enum KindOfName { case candidateName, buildName, quarantineName, attachedName, otherName }

    var kindOfName: KindOfName {
        switch RetentionClass(of: self, pointers: [], schemes: [.standard]) {
        case .candidate: .candidateName
        case .build: .buildName
        case .quarantine: .quarantineName
        case .attached: .attachedName
        default: .otherName
        }
    }
}

extension World.State {
    /// What the tags of the one repository name that retention has here.
    package var named: [Tag: Digest] {
        get { tags[Fixtures.repository] ?? [:] }
        set { tags[Fixtures.repository] = newValue }
    }
}
