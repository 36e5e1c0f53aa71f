/// Something of a service that could not be read at the last look, and is not known until it can be.
package struct Unreadable: Hashable, Sendable, Codable {
    /// Who did not say.
    package enum Source: String, Hashable, Sendable, Codable, CaseIterable {
        case registry, target
        case trafficSwitch = "switch"
        case front
    }

    package let source: Source
    /// The environment; `nil` if it concerns all of them.
    package let place: Place?
    /// What is not known: `the pointer tags of prod`.
    package let what: SafeText
    /// Why, in the words of who was asked.
    package let cause: SafeText
    /// Since when; `nil` before the first look.
    package let since: Timestamp?

    /// Who did not say, in words.
    package var who: SafeText {
        switch source {
        case .registry: "the registry"
        case .target: "the target"
        case .trafficSwitch: "the switch"
        case .front: "the address of its users"
        }
    }

    /// What is not known, why, and since when.
    package func words(seenFrom now: Timestamp) -> SafeText {
        "\(what): \(cause)\(since.map { ", since \($0.moment(seenFrom: now))" } ?? "")"
    }
}

extension Board {
    /// What of a service could not be read at the last look: the registry first, then environment by environment.
    package func unreadables(of service: Service) -> [Unreadable] {
        offered(service) + service.path.flatMap { unreadables(of: $0, in: service) }
    }

    /// The same, the registry's told as one: what is unreadable, with the cause of the first.
    package func unreadableSources(of service: Service) -> [Unreadable] {
        let all = unreadables(of: service)
        guard let first = all.first(where: { $0.source == .registry }) else { return all }
        let registry = all.filter { $0.source == .registry }
        let tags = registry.compactMap { $0.place?.environment.text }.joined(separator: ", ")
        let whats = (registry.filter { $0.place == nil }.map(\.what.text) + (tags.isEmpty ? [] : ["the pointer tags of \(tags)"]))
            .joined(separator: ", ")
        let whole = Unreadable(
            source: .registry, place: nil, what: SafeText(whats, limit: 300), cause: first.cause,
            since: registry.compactMap(\.since).min())
        return [whole] + all.filter { $0.source != .registry }
    }

    private func offered(_ service: Service) -> [Unreadable] {
        guard let look = candidateLooks[service.name] else { return [] }
        if case .unknown(let cause, let since) = look.tags {
            return [Unreadable(source: .registry, place: nil, what: "its candidates", cause: cause, since: since)]
        }
        return look.unread.map {
            Unreadable(source: .registry, place: nil, what: "candidate \($0.tag)", cause: $0.cause, since: $0.since)
        }
    }

    private func unreadables(of environment: Environment, in service: Service) -> [Unreadable] {
        let place = Place(service.name, environment.name)
        guard let seen = observations[place] else { return [] }
        func gap<Value>(_ source: Unreadable.Source, _ what: SafeText, _ reading: Reading<Value>) -> Unreadable? {
            guard case .unknown(let cause, let since) = reading else { return nil }
            return Unreadable(source: source, place: place, what: what, cause: cause, since: since)
        }
        let isSplit = environment.slots.count > 1
        let slots = environment.slots.map { slot in
            let name: SafeText = isSplit ? "\(environment.name)/\(slot)" : "\(environment.name)"
            return gap(.target, "what runs in \(name)", seen.slot(slot))
        }
        let front = seen.front.flatMap { gap(.front, "what the users of \(environment.name) are answered", $0) }
        return
            (slots + [
                isSplit ? gap(.trafficSwitch, "where traffic of \(environment.name) goes", seen.routing) : nil, front,
                gap(.registry, "the pointer tags of \(environment.name)", seen.pointers),
            ]).compactMap(\.self)
    }

    /// Everything of a service that could not be read, as what somebody has to look after.
    func unread(_ service: Service, in only: EnvironmentName?) -> [Explanation] {
        unreadableSources(of: service).filter { only == nil || $0.place == nil || $0.place?.environment == only }.map { one in
            Explanation(
                .unread, at: one.place, predicate: "\(one.who) can be read",
                values: "not known: \(one.what)\(one.since.map { ", since \($0)" } ?? ""): \(one.cause)",
                authorities: [.outside("whoever runs \(one.who)")],
                remedy: "it is asked again by itself; nothing is decided by what was seen before")
        }
    }
}
