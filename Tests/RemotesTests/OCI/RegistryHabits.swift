import PromotionCore
import Synchronization

/// Habits of registries that the tests put in front of a plain one.
enum RegistryHabits {
    static let none: RegistryFront.Habit = { request, ask in ask(request) }

    /// Harbor has a code of its own for what does not exist.
    static let harborAbsence: RegistryFront.Habit = { request, ask in
        let answer = ask(request)
        return answer.status == 404 ? .error(404, "NOT_FOUND", "\(request.path) not found") : answer
    }

    /// Harbor with a rule that keeps every tag as it is: 412, though no condition was judged.
    static let harborImmutable: RegistryFront.Habit = { request, ask in
        guard request.method == "PUT", let tag = request.tag else { return ask(request) }
        var look = request
        (look.method, look.body) = ("HEAD", [])
        look.fields = [("Host", "localhost"), ("Accept", MediaType.documents.map(\.text).joined(separator: ", "))]
        guard ask(look).status == 200 else { return ask(request) }
        return .error(412, "PRECONDITION", "Failed to process request due to '\(tag)' configured as immutable.")
    }

    /// GitLab takes the fallback tag for the digest.
    static let gitLabDash: RegistryFront.Habit = { request, ask in
        var request = request
        if let dash = request.path.firstRange(of: "/manifests/sha256-"), request.path[dash.upperBound...].utf8.count == 64 {
            request.path.replaceSubrange(dash, with: "/manifests/sha256:")
        }
        return ask(request)
    }

    /// Pages of a list of tags.
    /// - Parameters:
    ///   - size: names on a page.
    ///   - link: the address of the page after a name; nil for none.
    static func pages(of size: Int, link: @escaping @Sendable (RegistryFront.Request, String) -> String?) -> RegistryFront.Habit {
        { request, ask in
            guard let end = request.path.firstRange(of: "/tags/list") else { return ask(request) }
            var whole = request
            whole.path = String(request.path[..<end.upperBound])
            let answer = ask(whole)
            guard answer.status == 200, let names = (try? JSONParser.parse(answer.body))?["tags"]?.elements else { return answer }
            let last = request.path.firstRange(of: "last=").map { request.path[$0.upperBound...].prefix { $0 != "&" } }
            let rest = names.compactMap(\.text).sorted().filter { name in last.map { name > $0 } ?? true }
            let page = rest.prefix(size)
            var fields = [(name: "Content-Type", value: "application/json")]
            if rest.count > size, let last = page.last, let address = link(whole, last) {
                fields.append(("Link", "<\(address)>; rel=\"next\""))
            }
            let text = page.map { "\"\($0)\"" }.joined(separator: ",")
            return .init(status: 200, fields: fields, body: Array(#"{"name":"x","tags":[\#(text)]}"#.utf8))
        }
    }

    /// Artifactory leaves the first part of the repository out of the next page's address.
    static let artifactoryPages = pages(of: 50) { request, last in
        let short = request.path.split(separator: "/").dropFirst(2).joined(separator: "/")
        return "/v2/\(short)?n=50&last=\(last)"
    }

    /// Nexus behind a connector gives the address of another way to it.
    static let nexusPages = pages(of: 50) { request, last in
        "https://nexus.example:8081/repository/docker\(request.path)?n=50&last=\(last)"
    }

    /// A group of Nexus pages, and does not say so.
    static let silentPages = pages(of: 100) { _, _ in nil }

    /// More than twenty requests for manifests a second are too many.
    static func limiting() -> RegistryFront.Habit {
        let window = Mutex<[ContinuousClock.Instant]>([])
        return { request, ask in
            guard request.path.contains("/manifests/") else { return ask(request) }
            let isTooMuch = window.withLock { times in
                let now = ContinuousClock.now
                times.removeAll { now - $0 >= .seconds(1) }
                if times.count >= 20 { return true }
                times.append(now)
                return false
            }
            return isTooMuch ? .error(429, "TOOMANYREQUESTS", "slow down", [("Retry-After", "1")]) : ask(request)
        }
    }

    /// A registry that takes an index whose children it does not all hold.
    static func sparse() -> RegistryFront.Habit {
        let taken = Mutex<[String: RegistryFront.Request]>([:])
        return { request, ask in
            if let held = taken.withLock({ $0[request.path] }), request.method != "PUT" {
                let type = held.fields.first { $0.name.lowercased() == "content-type" }?.value ?? ""
                let fields = [
                    ("Content-Type", type), ("Docker-Content-Digest", "\(Digest(of: held.body))"),
                    ("Content-Length", "\(held.body.count)"),
                ]
                return .init(status: 200, fields: fields, body: held.body)
            }
            let answer = ask(request)
            guard request.method == "PUT", request.path.contains("/manifests/"), answer.status == 400 else { return answer }
            let name = request.path.prefix(upTo: request.path.firstRange(of: "/manifests/")?.upperBound ?? request.path.endIndex)
            taken.withLock { taken in
                taken[request.path] = request
                taken["\(name)\(Digest(of: request.body))"] = request
            }
            return .init(status: 201, fields: [("Location", request.path)])
        }
    }

    /// One name that the registry cannot, or will not, say anything of.
    static func refusing(_ tag: String, _ answer: RegistryFront.Answer) -> RegistryFront.Habit {
        { request, ask in request.path.hasSuffix("/manifests/\(tag)") ? answer : ask(request) }
    }

    /// A registry that says of what does not exist that the account may not see it.
    static let forbiddenAbsence: RegistryFront.Habit = { request, ask in
        let answer = ask(request)
        guard answer.status == 404, request.tag != nil else { return answer }
        return .error(403, "UNAUTHORIZED", "The client does not have permission for manifest")
    }

    /// A registry that hides what does not exist behind the code for a missing right.
    static let deniedAbsence: RegistryFront.Habit = { request, ask in
        let answer = ask(request)
        guard answer.status == 404, request.tag != nil else { return answer }
        return .error(404, "DENIED", "requested access to the resource is denied")
    }
}

extension RegistryFront.Request {
    /// The tag of a request for a manifest; nil for a digest, or another request.
    var tag: String? {
        guard let mark = path.firstRange(of: "/manifests/"), !path[mark.upperBound...].contains(":") else { return nil }
        return String(path[mark.upperBound...])
    }
}
