internal import NIOHTTP1
package import PromotionCore

extension DistributionRegistry {
    package func examine(_ repository: RepositoryName) async -> [RegistryReport.Finding] {
        var examination = RegistryExamination(registry: self, repository: repository)
        await examination.run()
        return examination.findings
    }
}

/// One look at everything that promotions need of a repository. Nothing in the repository is changed by it.
private struct RegistryExamination {
    let registry: DistributionRegistry
    let repository: RepositoryName
    private(set) var findings: [RegistryReport.Finding] = []

    init(registry: DistributionRegistry, repository: RepositoryName) {
        self.registry = registry
        self.repository = repository
    }

    private var client: RegistryClient { registry.client }

    mutating func run() async {
        await login()
        guard await reach() else { return }
        let tag = await read()
        await conditions(tag)
        await write()
        await deletion()
        await referrers()
        findings.append(
            .init(
                .immutability, .unknown, "not asked: only the move of a tag tells",
                remedy: "exclude the pointer tags from the registry's rule of immutable tags; a refused tag is shown as owed"))
    }

    private mutating func add(
        _ subject: RegistryReport.Subject, _ verdict: RegistryReport.Verdict, _ words: SafeText, _ remedy: SafeText? = nil
    ) {
        findings.append(.init(subject, verdict, words, remedy: remedy))
    }

    private mutating func login() async {
        do throws(Fault) {
            let helpers = CredentialHelpers(now: client.now)
            let account = try await client.credentials.account(for: client.address, repository, asking: helpers)
            let name: SafeText? = if case .basic(let name, _) = account.credentials { SafeText(name, limit: 80) } else { nil }
            add(.login, .good, name.map { "\($0): \(account.origin)" } ?? account.origin)
        } catch {
            add(.login, .bad, error.reason, "put the login right: nothing is asked without it")
        }
    }

    /// - Returns: whether anything answers.
    private mutating func reach() async -> Bool {
        let began = client.now()
        let request = RegistryRequest.read(path: "/v2/", limit: ErrorBody.byteLimit, scopes: [], client.limits)
        do throws(RegistryError) {
            let answer = try await client.perform(request)
            guard answer.status == 200 else { throw .unexpected(status: answer.status, words: answer.errors.words) }
            add(.reach, .good, "\(client.address) answers in \((client.now() - began).count) ms")
            limits(answer)
            clock(answer)
            return true
        } catch {
            add(
                .reach, .bad, SafeText("\(client.address): \(error)", limit: 400),
                "check the registry's url, its login and the way to it")
            return false
        }
    }

    private mutating func limits(_ answer: RegistryAnswer) {
        let named = answer.fields.filter {
            $0.name.lowercased().hasPrefix("ratelimit") || $0.name.lowercased().hasPrefix("x-ratelimit")
        }
        guard !named.isEmpty else { return add(.limits, .good, "it names no limit of requests") }
        add(.limits, .noted, SafeText(named.map { "\($0.name.lowercased()): \($0.value)" }.joined(separator: ", "), limit: 300))
    }

    private mutating func clock(_ answer: RegistryAnswer) {
        guard let there = answer.field("date").flatMap(HTTPDate.parse) else {
            return add(.clock, .noted, "it does not say its time")
        }
        let apart = abs((there - client.now()).count)
        let isNear = apart < Self.clockTolerance.count
        add(
            .clock, isNear ? .good : .noted,
            isNear ? "its clock agrees with this machine's" : "its clock is \(Milliseconds(apart)) off",
            isNear ? nil : "set both clocks by NTP: ages of images are counted by it")
    }

    private static let clockTolerance = Milliseconds.seconds(30)

    /// - Returns: a tag that is there.
    private mutating func read() async -> Tag? {
        do throws(RegistryError) {
            let list = try await client.tagList(in: repository)
            let count = list.tags.count + list.strangers.count
            add(.reading, .good, "\(count) \(count == 1 ? "tag" : "tags") listed")
            let isLong = list.pages > ListedTags.freePages
            add(
                .pages, isLong ? .noted : .good, "the list takes \(list.pages) \(list.pages == 1 ? "request" : "requests")",
                isLong ? "it is listed less often than once a minute; retention makes it shorter" : nil)
            return list.tags.first
        } catch {
            add(.reading, .bad, SafeText("the tags cannot be listed: \(error)", limit: 400), "give the account the right to pull")
            return nil
        }
    }

    private mutating func conditions(_ tag: Tag?) async {
        guard let tag else { return add(.conditions, .unknown, "there is no tag to ask about") }
        do throws(RegistryError) {
            guard case .digest(_, let etag?) = try await client.head(tag, in: repository),
                case .unchanged = try await client.head(tag, in: repository, unless: etag)
            else { return add(.conditions, .noted, "an unchanged tag is answered whole: it knows no If-None-Match") }
            add(.conditions, .good, "an unchanged tag is answered by 304")
        } catch {
            add(
                .conditions, .bad, SafeText("tag \(tag) cannot be read: \(error)", limit: 400),
                "give the account the right to pull")
        }
    }

    private mutating func write() async {
        do throws(RegistryError) {
            let place = try await client.begin(in: repository)
            add(.writing, .good, "it may push: an upload was begun and dropped")
            var drop = RegistryRequest.change(.DELETE, place, scopes: [.writing(repository)], client.limits)
            drop.isRepeatable = true
            _ = try? await client.perform(drop)
        } catch {
            add(
                .writing, .bad, SafeText("it may not push: \(error)", limit: 400),
                "give the account the right to push: pointer tags are moved by it")
        }
    }

    /// A name and a digest that nobody has: the answer tells what would be done, and nothing is.
    private mutating func deletion() async {
        let nobody = Digest(of: "baton asks whether this can be deleted \(client.now())".utf8)
        if let tag = try? Tag("baton-probe-\(nobody.short(40))") {
            await deletion(.tagDeletion, .tag(tag), "a single tag can be deleted", "tags go with their image alone")
        }
        await deletion(.digestDeletion, .digest(nobody), "images can be deleted", "retention can delete nothing")
    }

    private mutating func deletion(
        _ subject: RegistryReport.Subject, _ reference: ManifestReference, _ yes: SafeText, _ without: SafeText
    ) async {
        do throws(RegistryError) {
            switch try await client.delete(reference, in: repository) {
            case .absent, .accepted: add(subject, .good, yes)
            case .unsupported(let words): add(subject, .noted, "switched off (\(words)): \(without)")
            }
        } catch {
            add(subject, .noted, SafeText("not allowed or not offered: \(error)", limit: 400), "only retention needs it")
        }
    }

    private mutating func referrers() async {
        do throws(RegistryError) {
            let hasAPI = try await client.hasReferrersAPI(in: repository)
            add(
                .referrers, hasAPI ? .good : .noted,
                hasAPI ? "it lists referrers" : "no referrers API: lists are kept under sha256-... tags")
        } catch {
            add(.referrers, .unknown, SafeText("\(error)", limit: 400))
        }
    }
}
