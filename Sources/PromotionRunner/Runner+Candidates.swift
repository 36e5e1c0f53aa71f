internal import Logging
internal import PromotionCore

/// What the registry offers to the first environment of a path.
extension Runner {
    /// Candidates that are kept in view, newest first.
    private static let candidateLimit = TagScheme.candidateLooks

    /// Reads what the registry offers, if it is time.
    func readCandidatesIfDue(of wiring: ServiceWiring) async {
        guard time.elapsed >= candidateWatches[wiring.service.name, default: CandidateWatch()].due else { return }
        await readCandidates(of: wiring)
    }

    /// Reads what the registry offers: the names of all tags, and what the newest candidates name as far as that is due.
    /// - Parameter urgent: a tag that is known to have moved, or may have.
    func readCandidates(of wiring: ServiceWiring, urgent: Tag? = nil) async {
        let name = wiring.service.name
        let began = time.elapsed
        let listing: Reading<ListedTags> = await Reading(time.now) { () throws(Fault) in
            try await wiring.registry.tags(in: wiring.service.repository)
        }
        var watch = candidateWatches[name, default: CandidateWatch()]
        switch listing {
        case .unknown(let cause, let since):
            watch.due = began + wiring.rounds.pause(afterListOf: 1)
            candidateWatches[name] = watch
            let earlier = board.candidateLooks[name]
            showLook(
                CandidateLook(tags: .unknown(cause, since: since), seen: earlier?.seen ?? [:], unread: earlier?.unread ?? []),
                of: name)
        case .known(let listed, let at):
            watch.due = began + wiring.rounds.pause(afterListOf: listed.requests)
            let newest = newest(of: listed, for: wiring, &watch)
            let absence = newest.isEmpty ? wiring.service.tags.absence(of: listed.named.keys) : nil
            if board.absences[name] != absence { show(.absence(name, absence)) }
            candidateWatches[name] = watch
            var (named, unread) = await lookAgain(newest, listed, of: wiring, urgent: urgent, at: began)
            unread += await offer(newest, named, listed.known.merging(named) { $1 }, of: wiring, failing: unread)
            let seen = (candidateWatches[name]?.asked ?? [:]).mapValues(\.wall)
            showLook(CandidateLook(tags: .known(listed.named.count, at: at), seen: seen, unread: unread), of: name)
        }
    }

    /// The newest candidates of a list, as far as they are kept in view.
    private func newest(of listed: ListedTags, for wiring: ServiceWiring, _ watch: inout CandidateWatch) -> [Tag] {
        let versions = wiring.service.tags.newestCandidates(of: listed.named.keys, Self.candidateLimit)
        guard wiring.service.path.first?.policy.candidates == .builds else { return versions }
        watch.lists += 1
        let builds = listed.named.keys.filter(\.isBuild)
        let arrivals = Dictionary(
            builds.map { ($0, watch.arrivals[$0] ?? watch.lists) }, uniquingKeysWith: { first, _ in first })
        watch.arrivals = arrivals
        let newestFirst = builds.sorted { (-(arrivals[$0] ?? 0), $0) < (-(arrivals[$1] ?? 0), $1) }
        return Array((versions + newestFirst).prefix(Self.candidateLimit))
    }

    /// What the newest candidates name. One that is seen for the first time is asked at once; of the others one per minute, the
    /// one first whose turn was longest ago.
    private func lookAgain(
        _ newest: [Tag], _ listed: ListedTags, of wiring: ServiceWiring, urgent: Tag?, at now: Milliseconds
    ) async -> (named: [Tag: Digest], unread: [CandidateLook.Unread]) {
        let name = wiring.service.name
        var asked = candidateWatches[name, default: CandidateWatch()].asked.filter { newest.contains($0.key) }
        let isFree = listed.requests == 0
        let lastTurn = asked.values.map(\.boot).max()
        let turn = newest.filter { asked[$0] != nil }.min { (asked[$0]?.boot ?? now, $0) < (asked[$1]?.boot ?? now, $1) }
        let isTurn = lastTurn.map { now >= $0 + wiring.rounds.candidate } ?? false
        let new = newest.filter { asked[$0] == nil || listed.named[$0] == .some(nil) }
        var named: [Tag: Digest] = [:]
        for tag in newest { named[tag] = listed.named[tag] ?? nil }
        var unread: [CandidateLook.Unread] = []
        let wanted = isFree ? [] : new + [isTurn ? turn : nil, urgent].compactMap(\.self).filter { !new.contains($0) }
        for tag in Set(wanted).sorted() {
            do throws(Fault) {
                named[tag] = try await wiring.home.resolve(tag)
                asked[tag] = (now, time.now())
            } catch {
                if named[tag] == nil || tag == urgent { unread.append(.init(tag: tag, cause: error.reason, since: time.now())) }
                // Its next turn comes like that of the others.
                if named[tag] != nil, let last = asked[tag] { asked[tag] = (now, last.wall) }
            }
        }
        candidateWatches[name]?.asked = asked
        await note(named.mapValues(Optional.some), of: wiring)
        return (named, unread)
    }

    /// Shows the images of the newest candidates.
    /// - Parameter known: what all tags are known to name.
    /// - Returns: candidates that could not be read.
    private func offer(
        _ newest: [Tag], _ named: [Tag: Digest], _ known: [Tag: Digest], of wiring: ServiceWiring,
        failing: [CandidateLook.Unread]
    ) async -> [CandidateLook.Unread] {
        let name = wiring.service.name
        let before = Set(board.candidateLooks[name]?.unread.map(\.tag) ?? [])
        var unread: [CandidateLook.Unread] = []
        var releases: [Release] = []
        for tag in newest {
            guard let digest = named[tag], !releases.contains(where: { $0.digest == digest }) else { continue }
            switch await read(digest, of: wiring) {
            case .known(let found?, _):
                let telling = wiring.service.tags.mostTelling(of: known.filter { $0.value == digest }.keys)
                releases.append(Release(digests: found.digests, tag: telling, revision: found.revision))
            case .known(nil, _): continue
            case .unknown(let cause, let since): unread.append(.init(tag: tag, cause: cause, since: since))
            }
        }
        // What was not read just now makes no older candidate the newest; one that cannot be read for longer stops no other.
        guard (failing + unread).allSatisfy({ before.contains($0.tag) }) else { return unread }
        if board.candidates[name] != releases { show(.candidates(name, releases)) }
        return unread
    }

    /// Reads a candidate. One that was read before is what it was: its digest says so.
    private func read(_ digest: Digest, of wiring: ServiceWiring) async -> Reading<Release?> {
        if let known = board.candidates[wiring.service.name]?.first(where: { $0.digest == digest }) {
            return .known(known, at: time.now())
        }
        return await Reading(time.now) { () throws(Fault) in
            try await wiring.registry.release(digest, in: wiring.service.repository)
        }
    }

    /// An unchanged look is shown again after this time, so that screens can say how fresh it is.
    private static let lookRefresh = Milliseconds.minutes(2)

    private func showLook(_ look: CandidateLook, of name: ServiceName) {
        let earlier = board.candidateLooks[name]
        let next = look.after(earlier)
        if let earlier, earlier.says(sameAs: next), case .known(_, let old) = earlier.tags, case .known(_, let new) = next.tags,
            (Milliseconds.zero..<Self.lookRefresh).contains(new - old)
        {
            return
        }
        guard earlier != next else { return }
        show(.candidatesLooked(name, next))
        logGaps(of: name)
    }
}
