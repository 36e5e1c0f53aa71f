internal import NIOHTTP1
package import PromotionCore

extension RegistryClient {
    /// Every name of a repository's list, page by page.
    /// - Throws: where one page could not be had, or the pages go round in a circle.
    package func tagList(in repository: RepositoryName) async throws(RegistryError) -> TagList {
        var listing = TagListing()
        let list = path(repository, "tags/list")
        var next: String? = "\(list)?n=\(RegistryLimits.pageSize)"
        var seen: Set<String> = []
        let end = now() + limits.list
        while let page = next {
            guard now() < end else { throw .list("it does not come to an end within \(limits.list)") }
            guard seen.insert(page).inserted else { throw .list("page \(SafeText(page, limit: 200)) leads back to itself") }
            guard seen.count <= limits.pages else { throw .list("it has more than \(limits.pages) pages") }
            let request = RegistryRequest.read(
                path: page, limit: RegistryLimits.page, scopes: [.reading(repository)], limits)
            var answer = try await perform(request)
            // distribution 2.8 says so of a repository that has documents and no tags; it is asked twice, as any absence is.
            if seen.count == 1, answer.status == 404, answer.errors.saysAbsent, existence.knows(repository) {
                answer = try await perform(request)
                if answer.status == 404, answer.errors.saysAbsent { break }
            }
            guard answer.status == 200 else { throw Self.listRefusal(answer) }
            let names = try Self.names(in: answer.body)
            let isNew = try listing.add(names, page, limits)
            if let link = LinkHeader.next(in: answer.fields["link"]) {
                next = try Self.page(link, of: list)
            } else if names.count.isMultiple(of: Self.likelyPage), isNew, let last = names.last {
                // Some registries page without saying so, by fewer than were asked for; others give everything, whatever was asked for.
                next = "\(list)?n=\(RegistryLimits.pageSize)&last=\(PercentCoding.encode(last))"
            } else {
                next = nil
            }
        }
        existence.note(repository)
        return listing.list
    }

    /// Names on a page of a registry that does not say that there are more: all such pages are multiples of it.
    private static let likelyPage = 50

    /// The next page of a list: the link's query with the list's own path. Registries behind a prefix leave a part of the path out,
    /// or add one (Artifactory, Nexus), and a page is never asked of another host.
    static func page(_ link: LinkHeader.Next, of list: String) throws(RegistryError) -> String {
        switch link {
        case .query(let query): return "\(list)?\(query)"
        case .unusable(let target):
            throw .list("its next page is \(SafeText(target, limit: 200)), which does not say from where on")
        }
    }

    private static func listRefusal(_ answer: RegistryAnswer) -> RegistryError {
        let errors = answer.errors
        guard answer.status == 404 else { return .unexpected(status: answer.status, words: errors.words) }
        return errors.saysAbsent ? .noRepository(words: errors.words) : .unproven(errors)
    }

    /// The names of one page; `null` is what some registries write for none.
    private static func names(in body: [UInt8]) throws(RegistryError) -> [String] {
        let root: JSONValue
        do { root = try JSONParser.parse(body) } catch { throw .list("it is no JSON: \(SafeText(error.description))") }
        guard let value = root["tags"] else { throw .list("it has no member \"tags\"") }
        if value == .null { return [] }
        guard let elements = value.elements else { throw .list("its \"tags\" are no list") }
        var names: [String] = []
        names.reserveCapacity(elements.count)
        for element in elements {
            guard let text = element.text else { throw .list("one of its names is no text") }
            names.append(text)
        }
        return names
    }

    /// What each of many tags names, asked afresh, a bounded number at a time. Those that do not exist are left out.
    package func digests(of tags: [Tag], in repository: RepositoryName) async throws(RegistryError) -> [Tag: Digest] {
        let workers = min(limits.connections, tags.count)
        guard workers > 0 else { return [:] }
        let result = await withTaskExecutorPreference(transport.executor) {
            await self.answers(to: tags, in: repository, workers)
        }
        return try result.get()
    }

    private func answers(
        to tags: [Tag], in repository: RepositoryName, _ workers: Int
    ) async -> Result<[Tag: Digest], RegistryError> {
        await withTaskGroup(of: Result<[Tag: Digest], RegistryError>.self) { group in
            for worker in 0..<workers {
                group.addTask {
                    var found: [Tag: Digest] = [:]
                    for position in stride(from: worker, to: tags.count, by: workers) {
                        let tag = tags[position]
                        do throws(RegistryError) {
                            if case .digest(let digest, _) = try await self.head(tag, in: repository) { found[tag] = digest }
                        } catch {
                            return .failure(error)
                        }
                    }
                    return .success(found)
                }
            }
            var all: [Tag: Digest] = [:]
            all.reserveCapacity(tags.count)
            for await part in group {
                switch part {
                case .success(let found): all.merge(found) { $1 }
                case .failure(let error):
                    group.cancelAll()
                    return Result<[Tag: Digest], RegistryError>.failure(error)
                }
            }
            return .success(all)
        }
    }
}

/// Names that were listed so far, each once.
struct TagListing {
    private var seen: Set<String> = []
    private var tags: [Tag] = []
    private var strangers: [SafeText] = []
    private var bytes = 0
    private var pages = 0

    /// Takes one page.
    /// - Returns: whether anything in it is new.
    mutating func add(_ names: [String], _ page: String, _ limits: RegistryLimits) throws(RegistryError) -> Bool {
        var isNew = false
        pages += 1
        bytes += page.utf8.count
        for name in names where seen.insert(name).inserted {
            isNew = true
            bytes += name.utf8.count
            guard bytes <= limits.names else { throw .list("its names have more than \(limits.names) bytes") }
            if let tag = try? Tag(name) { tags.append(tag) } else { strangers.append(SafeText(name, limit: 140)) }
        }
        guard seen.count <= limits.tags else { throw .list("it has more than \(limits.tags) names") }
        return isNew
    }

    var list: TagList { TagList(tags: tags.sorted(), strangers: strangers, pages: max(1, pages)) }
}
