internal import PromotionCore

/// What a person asks about a registry, or about an image, without anything being decided.
extension Runner {
    /// What is found out about each repository of a service.
    func registryReports(of name: ServiceName) async -> Answer {
        guard let wiring = wirings[name] else { return .refused(unknownService(Place(name, .literal("any"))).objections) }
        var reports: [RegistryReport] = []
        for (home, source) in wiring.allHomes where !reports.contains(where: { $0.home == home }) {
            let findings = await source.artifacts?.examine(source.repository) ?? []
            reports.append(RegistryReport(home: home, findings: findings))
        }
        return .registryReports(reports)
    }

    /// What is known of the image that a reference names.
    func imageReport(_ reference: ImageReference, of name: ServiceName) async -> Answer {
        let digest: Digest
        if case .digest(let whole) = reference {
            digest = whole
        } else {
            let answer = await resolve(reference, of: name, among: nil)
            guard case .resolved(let found) = answer else { return answer }
            digest = found
        }
        guard let wiring = wirings[name] else { return .refused(unknownService(Place(name, .literal("any"))).objections) }
        var best: ImageReport?
        for (home, source) in wiring.allHomes {
            let report = await imageReport(digest, in: source, home, of: wiring)
            // The home that has it; where none does, where candidates are pushed to.
            if best == nil { best = report }
            if case .known(_?, _) = report.image {
                best = report
                break
            }
        }
        return best.map(Answer.image) ?? .broken("\(name) has no repository")
    }

    private func imageReport(
        _ digest: Digest, in source: RepositoryWiring, _ home: ImageHome, of wiring: ServiceWiring
    ) async -> ImageReport {
        let image = await Reading(time.now) { () throws(Fault) in try await source.release(digest) }
        let known = try? await tag(of: digest, knownAs: nil, in: source, of: wiring)
        var part: ImagePart?
        do throws(Fault) { part = try await self.part(digest, tagged: known, in: source, of: wiring) } catch { part = nil }
        let named = (try? await named(in: source, wiring.service.tags)) ?? [:]
        var tags = Set(named.filter { $0.value == digest }.keys)
        for environment in wiring.service.path where wiring.home(of: environment.name).repository == source.repository {
            for tag in environment.pointerTags where (try? await source.resolve(tag)) == digest { tags.insert(tag) }
        }
        if let known { tags.insert(known) }
        return ImageReport(digest: digest, part: part, image: image, tags: tags.sorted(), home: home)
    }
}
