import PromotionCore
import Settings
import Testing

/// Environments whose images are not in the service's repository.
@Suite struct HomeSettingsTests {
    private static func file(_ prod: String, registry: String = "{url: \"https://registry.example\"}") -> String {
        let lines = prod.split(separator: "\n").map { "        " + $0 }.joined(separator: "\n")
        return """
            version: 1
            services:
              shop:
                registry: \(registry)
                repository: shop/web
                environments:
                  - {name: testing, target: {stage: s}}
                  - name: prod
                    target: {stage: s}

            """ + lines + "\n"
    }

    private static func service(_ prod: String) throws -> ConfiguredService {
        let settings = try Settings.read(yaml: file(prod), file: "f.yaml", architecture: "amd64").get()
        return try #require(settings.services.first)
    }

    private static let prod: EnvironmentName = .literal("prod")

    @Test func `another repository of the same registry`() throws {
        let read = try Self.service("repository: prod/web")
        #expect(read.service.home(of: Self.prod) == ImageHome(registry: nil, repository: try RepositoryName("prod/web")))
        #expect(read.homes[Self.prod] == read.registry)
        #expect(read.service.copies(into: Self.prod) && !read.service.copies(into: .literal("testing")))
    }

    @Test func `the same repository of another registry`() throws {
        let read = try Self.service("registry: {url: \"https://Prod.example:5000\", connections: 4}")
        let home = read.service.home(of: Self.prod)
        #expect(home == ImageHome(registry: "prod.example:5000", repository: try RepositoryName("shop/web")))
        #expect(read.homes[Self.prod] == .remote(RemoteRegistry(url: "https://Prod.example:5000", connections: 4)))
    }

    @Test func `the same registry under another account is the same registry`() throws {
        let read = try Self.service(
            "registry: {url: \"https://registry.example\", username: env:U, password: env:P}\nrepository: prod/web")
        #expect(read.service.home(of: Self.prod).registry == nil)
        #expect(read.homes[Self.prod] != read.registry)
    }

    @Test func `nothing named is nothing of its own`() throws {
        let read = try Self.service("soak: 1m")
        #expect(read.service.home(of: Self.prod) == read.service.home && read.homes.isEmpty)
    }

    @Test func `a time for copying is read`() throws {
        let read = try Self.service("repository: prod/web\ndeadlines: {copy: 2h}")
        #expect(read.service.path.last?.timing.copy == .minutes(120))
    }

    private static let layout = "{layout: r}"

    @Test(
        arguments: [
            ("repository: Prod/Web", nil, "f.yaml:10:21: \"Prod/Web\" is not a repository; write lower-case words separated by"),
            (
                "repository: shop/web", nil,
                "f.yaml:10:9: shop/web is where the service's images are already; leave repository out, or"
            ),
            (
                "registry: {url: \"http://registry.example\"}", nil,
                "f.yaml:10:9: shop/web is where the service's images are already; leave registry out, or name another repository"
            ),
            ("registry: {url: ftp://x}", nil, "f.yaml:10:25: url is not the address of a registry; write https://host"),
            (
                "registry: {layout: r}", nil,
                "f.yaml:10:9: images are copied between registries with a url, and a layout directory is none"
            ),
            (
                "repository: prod/web", layout,
                "f.yaml:10:9: images are copied between registries with a url, and a layout directory is none"
            ),
            ("registry: {url: \"https://p.example\", username: env:U}", nil, "f.yaml:10:46: registry has username alone; write"),
            (
                "registri: {url: \"https://p.example\"}", nil,
                "f.yaml:10:9: environment knows no key \"registri\"; did you mean \"registry\"?"
            ),
            ("repository: prod/web\ndeadlines: {copy: soon}", nil, "f.yaml:11:27: copy is \"soon\""),
        ] as [(String, String?, String)])
    func `a mistake is told with its place and what would be right`(prod: String, registry: String?, words: String) {
        let told = mistakes(registry.map { Self.file(prod, registry: $0) } ?? Self.file(prod))
        #expect(told.count == 1 && told.first?.hasPrefix(words) == true, "\(told)")
    }

    @Test(arguments: [("retention: {grace: 2d}, ", ""), ("", "retention: {}, ")])
    func `no two repositories of one name are in different registries where retention is configured`(_ a: String, _ b: String) {
        func file(_ a: String, _ b: String) -> String {
            let rest = "repository: web, environments: [{name: prod, target: {stage: s}}]}"
            return "version: 1\nservices:\n  a: {\(a)registry: {layout: r}, \(rest)\n  b: {\(b)registry: {layout: q}, \(rest)\n"
        }
        #expect(
            mistakes(file(a, b)) == [
                """
                f.yaml:4:3: b and a name their repositories web in different registries; use different repository names: \
                retention keeps its records by repository name
                """
            ])
        #expect(mistakes(file("", "")) == [])
    }

    @Test func `no two services share a repository, whatever it is to them`() {
        let one =
            "{registry: {url: \"https://r.example\"}, repository: a, environments: [{name: prod, target: {stage: s}, repository: b}]}"
        let other = "{registry: {url: \"http://R.example\"}, repository: b, environments: [{name: testing, target: {stage: s}}]}"
        #expect(
            mistakes("version: 1\nservices:\n  a: \(one)\n  b: \(other)\n") == [
                """
                f.yaml:4:3: b uses the repository b of a; give each service repositories of its own: both would move the same \
                pointer tags
                """
            ])
    }
}
