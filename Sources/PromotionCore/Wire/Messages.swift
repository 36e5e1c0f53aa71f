/// What anybody with a connection may ask. Nothing here changes anything.
package enum ViewerRequest: Hashable, Sendable, Codable {
    /// The board now, and every change from then on.
    case subscribe
    /// The board now, once.
    case board
    /// A dry run.
    case plan(PromotionRequest)
    case planRollback(Place)
    /// A dry run of undoing a rollback.
    case planUndo(PromotionNumber)
    /// A dry run of several promotions as one.
    case planJoint(JointRequest)
    /// Which digest a reference names now.
    case resolve(service: ServiceName, reference: ImageReference, among: ImageScope?)
    /// What speaks for an image: signatures, attestations, passports, each verified.
    case papers(service: ServiceName, digest: Digest)
    /// What differs between two images, from the first to the second, on the platform of the service's last environment.
    case compare(service: ServiceName, from: Digest, to: Digest)
    case retention(RetentionQuestion)
    /// What is known of an image.
    case image(service: ServiceName, reference: ImageReference)
    /// Entries of the ledger, after a sequence number, at most 1,000 a time.
    case entries(after: Int64, limit: Int)
}

/// What a reference may name besides images of the registry and the ledger.
package enum ImageScope: String, Hashable, Sendable, Codable {
    /// What retention holds, has quarantined or has deleted.
    case retained
}

/// What a connection with rights may ask besides.
///
/// A viewer's connection decodes `ViewerRequest` alone: it has no message that changes anything.
package enum OperatorRequest: Hashable, Sendable, Codable {
    case view(ViewerRequest)
    /// Starts the promotion whose plan has this hash, and no other.
    case promote(PromotionRequest, planHash: Digest)
    /// Does what a rollback offer said, and nothing else.
    case rollBack(RollbackOrder)
    /// Undoes a rollback that the same person ordered a short time ago.
    case undoRollback(PromotionNumber, reason: SafeText?)
    case abort(PromotionNumber, reason: SafeText)
    case goOn(PromotionNumber, reason: SafeText)
    case pause(PromotionNumber, reason: SafeText)
    case resume(PromotionNumber, reason: SafeText)
    /// Has a failed step tried once more.
    case retry(PromotionNumber, reason: SafeText)
    case addEvidence(Place, digest: Digest, passed: Int, total: Int, note: SafeText?)
    /// Runs the checks of an environment again on what serves there.
    case verify(Place)
    /// Lets a release that was rolled back come again; the ledger keeps the reason.
    case liftVeto(Place, digest: Digest, reason: SafeText)
    /// Takes what a pointer tag names now for what it shall name; the ledger keeps the reason.
    case adoptPointer(Place, tag: Tag, reason: SafeText)
    case retention(RetentionOrder)
    /// Finds out what the registries of a service allow: the agent asks with its own account, and begins an upload.
    case examineRegistries(ServiceName)
    /// Decides by hand what may be promoted, and what not.
    case policy(PolicyRequest)
    /// Holds an environment by hand: nobody promotes there until the time is over or it is given back.
    case lock(Place, LeaseWish, for: Milliseconds, reason: SafeText)
    case unlock(Place, reason: SafeText)
    /// Stops the automation of an environment until it is let go on.
    case stopAutomation(Place, reason: SafeText)
    case letAutomationGo(Place, reason: SafeText)
    /// Starts the joint release whose plan has this hash, and no other.
    case promoteJoint(JointRequest, planHash: Digest)
    case undoJoint(JointNumber, reason: SafeText)
}

/// What the agent answers to one request.
package enum Answer: Hashable, Sendable, Codable {
    case board(Board)
    case plan(PlanAnswer)
    case resolved(Digest)
    case entries([LedgerEntry])
    case papers(ReleasePapers)
    case comparison(ImageComparison)
    case retention(RetentionAnswer)
    case registryReports([RegistryReport])
    case image(ImageReport)
    case started(PromotionNumber)
    case jointPlan(JointAnswer)
    case jointStarted(JointNumber)
    case accepted
    /// What running the checks again came to, and what it touches where they failed.
    case verified(Verification, Touched)
    case refused([Objection])
    case notPermitted(SafeText)
    case broken(SafeText)
}

/// The first line a client sends.
package struct Hello: Hashable, Sendable, Codable {
    package let protocolVersion: Int
    /// A viewer's connection, whatever the account may do.
    package let readOnly: Bool
    /// The person behind a shared account; believed of accounts that are configured as gateways alone.
    ///
    /// As it came: what is no name is told before anything is made of it.
    package let person: String?

    package init(readOnly: Bool, person: String? = nil) {
        protocolVersion = Wire.version
        self.readOnly = readOnly
        self.person = person
    }
}

/// The agent's answer to it: who you are here, by the socket's word.
package struct Welcome: Hashable, Sendable, Codable {
    package let protocolVersion: Int
    package let account: Account
    /// The most that the account may do anywhere.
    package let role: Role
    /// What it may do where that is something else.
    package let grant: Grant
    package let agent: AgentDescription

    package init(account: Account, grant: Grant, agent: AgentDescription) {
        protocolVersion = Wire.version
        self.account = account
        role = grant.highest
        self.grant = grant
        self.agent = agent
    }

    package init(account: Account, role: Role, agent: AgentDescription) {
        self.init(account: account, grant: Grant(role), agent: agent)
    }
}

/// A request with the number that its answer will carry.
package struct Asked<Request: Hashable & Sendable & Codable>: Hashable, Sendable, Codable {
    package let id: Int64
    package let request: Request

    package init(id: Int64, request: Request) {
        self.id = id
        self.request = request
    }
}

/// One line from the agent.
package enum AgentLine: Hashable, Sendable, Codable {
    case welcome(Welcome)
    case answer(id: Int64, Answer)
    /// A change after the subscribed board.
    case change(BoardChange)
    /// The viewer was too slow, or the subscription starts: begin again from this board.
    case snapshot(Board)
    /// The connection ends, with the reason.
    case goodbye(SafeText)
}

/// Bounds and version of the messages between agent and clients: newline-delimited JSON on a Unix socket.
package enum Wire {
    package static let version = 3
    /// Longest line that an agent reads, in bytes.
    package static let requestLimit = 64 * 1_024
    /// Longest line that a client reads, in bytes: the board of 1,000 services with 4 environments each is one of 15 MiB, and
    /// more with what has happened to them.
    package static let answerLimit = 64 * 1_024 * 1_024

    /// One line, its newline included.
    /// - Throws: `EncodingError`; no message of this package leads to one.
    package static func line(_ message: some Encodable) throws -> [UInt8] {
        try CanonicalJSON.encode(message) + [UInt8(ascii: "\n")]
    }
}
