internal import Logging
internal import PromotionCore

extension Runner {
    /// What the rules of an environment want to know of an image.
    func review(of digest: Digest, into place: Place) async -> PlanningSnapshot.Review {
        guard let wiring = wirings[place.service], let environment = wiring.service.environment(place.environment),
            environment.image != .none
        else { return .notAsked }
        guard let reader = wiring.source(of: place.environment).papers else {
            return .unreadable(Fault(.refused, "signatures and image policy cannot be asked of this registry"))
        }
        do throws(Fault) {
            return .read(try await reader.review(of: digest, for: environment.image, on: environment.platform))
        } catch {
            return .unreadable(error)
        }
    }

    /// Evidence upstream that attestations are and that the ledger does not hold yet.
    func attested(_ review: PlanningSnapshot.Review, _ lookup: PlanningSnapshot.Lookup, into place: Place) -> [Evidence] {
        guard case .read(let review) = review, case .found(let release) = lookup,
            let service = wirings[place.service]?.service, let environment = service.environment(place.environment),
            let upstream = service.upstream(of: environment.name)
        else { return [] }
        let ledger = board.projection.services[place.service] ?? ServiceProjection()
        let now = time.now()
        return environment.image.evidence.compactMap { rule in
            AttestedResult.read(rule, in: review.papers, of: release.digest).flatMap {
                ledger.evidence(of: $0, for: release.digests, in: upstream.name, at: now)
            }
        }
    }

    /// Keeps what attestations said when a promotion starts that may stand on it.
    func recordAttested(_ plan: PromotionPlan) async {
        let place = plan.place
        for evidence in attested(await review(of: plan.release.digest, into: place), .found(plan.release), into: place) {
            do {
                try await record(
                    .evidence(evidence), by: identity, place: Place(place.service, evidence.environment))
            } catch {
                logger.warning("evidence of an attestation was not recorded", metadata: ["error": "\(error)"])
            }
        }
    }

    /// What speaks for an image, for whoever looks.
    func papers(of digest: Digest, in name: ServiceName) async -> Answer {
        guard let reader = wirings[name]?.papers else { return noContents(of: name) }
        do throws(Fault) {
            return .papers(
                ReleasePapers.examine(
                    try await reader.papers(on: digest), of: digest, by: trust.keys, passportKeys: trust.passportKeys))
        } catch {
            return .broken(error.reason)
        }
    }

    /// What differs between two images.
    func comparison(from old: Digest, to new: Digest, in name: ServiceName) async -> Answer {
        guard wirings[name]?.papers != nil else { return noContents(of: name) }
        do throws(Fault) { return .comparison(try await compare(old, new, of: name)) } catch { return .broken(error.reason) }
    }

    /// What the release of a plan changes against what serves; nil where it cannot be told.
    func change(in answer: PlanAnswer, to digest: Digest?, at place: Place) async -> ImageComparison? {
        let serving = board.projection.services[place.service]?.environments[place.environment]?.serving
        guard let digest = answer.plan?.release.digest ?? digest, let old = serving?.release.digest, old != digest else {
            return nil
        }
        return try? await compare(old, digest, of: place.service)
    }

    private func compare(_ old: Digest, _ new: Digest, of name: ServiceName) async throws(Fault) -> ImageComparison {
        ImageComparison(from: try await contents(of: old, in: name), to: try await contents(of: new, in: name))
    }

    private func contents(of digest: Digest, in name: ServiceName) async throws(Fault) -> ImageContents {
        if let known = shelf[digest] { return known }
        guard let wiring = wirings[name], let reader = wiring.papers, let platform = wiring.service.path.last?.platform else {
            throw Fault(.refused, "the images of \(name) cannot be read")
        }
        let read = try await reader.contents(of: digest, for: platform)
        shelf.keep(read)
        return read
    }

    private func noContents(of name: ServiceName) -> Answer {
        .refused([
            .init(
                .unknownPlace, "there is no service \(name) whose registry can be read beyond its tags",
                remedy: "see baton status")
        ])
    }
}

extension ServiceWiring {
    /// Reads what hangs on this service's images; nil where nothing beyond tags is worked on.
    var papers: PaperReader? { home.papers }

    /// The rules about an image in one of its environments.
    func imageGate(of name: EnvironmentName) -> ImageGate {
        let environment = service.environment(name)
        return ImageGate(
            rules: environment?.image ?? .none, platform: environment?.platform ?? Platform(system: "", architecture: ""),
            reader: home(of: name).papers)
    }
}
