internal import PromotionCore
internal import Settings
internal import Testing

@Suite struct SettingsMistakeTests {
    static let file: [MistakeCase] = [
        MistakeCase("empty", "", "f.yaml:1:1: the file is empty; begin with version: 1, or copy the example"),
        MistakeCase("comment", "# nothing\n", "f.yaml:1:1: the file is empty; begin with version: 1, or copy the example"),
        MistakeCase(
            "scalar", "hello",
            "f.yaml:1:1: the file is not a mapping but a single value; write its keys and values, one a line, indented alike"),
        MistakeCase(
            "no keys", "{}", "f.yaml:1:1: the file has no version; add version: 1",
            "f.yaml:1:1: the file has no services; add services: with at least one service"),
        MistakeCase(
            "other version", "version: 2\nsrvices: {}",
            "f.yaml:1:10: version is \"2\"; this baton reads version 1",
            "f.yaml:2:1: the file knows no key \"srvices\"; did you mean \"services\"?"),
        MistakeCase(
            "broken", "version: 1\nservices: [\n  a: b\n",
            "f.yaml:4:1: this is not YAML: did not find expected ',' or ']'; look at this line and the one before it"),
        MistakeCase(
            "tab", "version: 1\nservices:\n\tshop: 1\n",
            "f.yaml:3:1: this is not YAML: found character that cannot start any token; look at this line and the one before it"),
        MistakeCase(
            "NUL", "version: 1\nab\u{0}",
            "f.yaml:2:3: this is not YAML: control characters are not allowed; look at this line and the one before it"),
        MistakeCase(
            "two documents", "version: 1\n---\nversion: 1\n",
            "f.yaml:2:1: this is not YAML: but found another document; look at this line and the one before it"),
        MistakeCase(
            "anchor", "version: &v 1\nservices: {}\n",
            """
            f.yaml:1:10: anchors and aliases (&name, *name) are refused: a few lines of them can stand for billions; \
            write the values out
            """),
        MistakeCase(
            "alias", "version: 1\nroles: &r {a: admin}\nservices: *r\n",
            """
            f.yaml:3:11: anchors and aliases (&name, *name) are refused: a few lines of them can stand for billions; \
            write the values out
            """),
        MistakeCase(
            "roles", "version: 1\nroles: {alice: boss, \"two words\": admin, bob: [admin]}\nservices: {}\n",
            "f.yaml:2:16: alice is \"boss\"; write one of viewer, ci, operator, approver, admin",
            "f.yaml:2:22: \"two words\" is not an account; write the name that the system knows the account by",
            "f.yaml:2:47: bob is a list; write a single value",
            "f.yaml:3:11: services names 0 services; from 1 to 1000 are allowed"),
        MistakeCase(
            "state", "version: 1\nstate:\nservices: {}\n",
            "f.yaml:2:7: state is empty; write a value, or leave the key out",
            "f.yaml:3:11: services names 0 services; from 1 to 1000 are allowed"),
    ]

    static let versions: [MistakeCase] = [
        .service(
            "patterns",
            rest + """
                versions:
                  - {candidate: v1.2.3, final: vX.Y.Z+build}
                  - candidate: X.Y.Z-rc.N
                    final: X.Y
                  - {final: vX}
                """ + end,
            """
            f.yaml:7:21: candidate is "v1.2.3": it has none of the numbers X, Y and Z, so that no version is newer than another; \
            write it as vX.Y.Z-rc.N or release-X.0Y.0Z[-suffix]; text in single quotes stands for itself
            """,
            """
            f.yaml:7:36: final is "vX.Y.Z+build": no tag has the character "+"; \
            write it as vX.Y.Z-rc.N or release-X.0Y.0Z[-suffix]; text in single quotes stands for itself
            """,
            """
            f.yaml:8:9: final: only one of X.Y.Z-rc.N and X.Y has Z, so that a candidate names no one final tag; \
            write the same numbers in both, but for N
            """,
            "f.yaml:10:9: a form of versions has no candidate; add candidate: vX.Y.Z-rc.N"),
        .service(
            "one tag, two things", rest + "versions: [{candidate: X.Y.Z-rc.N, final: X.Y.Z}, {candidate: X.Y.Z}]" + end,
            "f.yaml:6:15: versions: X.Y.Z stands there twice; write the patterns so that each tag is one of them"),
        .service(
            "no forms", rest + "versions: []" + end,
            "f.yaml:6:15: versions is empty; add a form, or leave the key out: then vX.Y.Z-rc.N becomes vX.Y.Z"),
        .service(
            "an environment is a version",
            "registry: {layout: r}\nrepository: shop\nversions: [{candidate: rcX, final: testX}]\n"
                + "environments: [{name: test1, target: {stage: s}}]",
            """
            f.yaml:7:27: the pointer tag "test1" of environment test1 is written as a version of the service; \
            choose another name, or other patterns in versions
            """),
    ]

    private static let end = "\nenvironments: [{name: testing, target: {stage: s}}]"
    /// A service that lacks nothing but what is tried, and its environments.
    private static let rest = """
        registry: {layout: r}
        repository: shop
        """ + "\n"

    static let services: [MistakeCase] = [
        .service(
            "unknown keys", "registri: {layout: r}\nrepository: shop\nenvironments: []\nowner: me",
            "f.yaml:4:5: service \"shop\" knows no key \"registri\"; did you mean \"registry\"?",
            "f.yaml:4:5: service \"shop\" has no registry; add registry: {layout: ./registry}",
            "f.yaml:6:19: environments is empty; add at least one environment",
            "f.yaml:7:5: service \"shop\" knows no key \"owner\"; allowed here: registry, repository, versions, project, retention, environments"
        ),
        .service(
            "written twice",
            "repository: shop\nregistry: {layout: r}\nrepository: other\nenvironments: []\nregistry: {layout: x}",
            "f.yaml:6:5: the key \"repository\" is written twice; keep one; the first is in line 4",
            "f.yaml:7:19: environments is empty; add at least one environment",
            "f.yaml:8:5: the key \"registry\" is written twice; keep one; the first is in line 5"),
        .service(
            "written twice in braces", "registry: {layout: r, layout: s}",
            "f.yaml:4:16: the key \"layout\" is written twice; keep one of them"),
        .service(
            "repository", "registry: {}\nrepository: Shop/Payments:v1\nenvironments: all",
            "f.yaml:4:15: registry names no place; add layout: with an OCI image layout directory, or url:",
            """
            f.yaml:5:17: "Shop/Payments:v1" is not a repository; write lower-case words separated by "/", at most 255 \
            characters, without tag or digest
            """,
            "f.yaml:6:19: environments is not a list but a single value; write a list: one \"- …\" a line, or [a, b]"),
        .service(
            "secrets in a registry",
            "registry: {url: 'https://me:hunter2@host', username: me, password: hunter2}\nrepository: shop\nenvironments: 1",
            "f.yaml:4:21: url is not the address of a registry; write https://host or https://host:port, nothing else",
            """
            f.yaml:4:58: username holds a value, and secrets never stand in the configuration; take it out, change the secret, \
            and refer to it as vault:{mount}/{service}/{component}/{secret-name}#{field}, env:NAME or file:/path
            """,
            """
            f.yaml:4:72: password holds a value, and secrets never stand in the configuration; take it out, change the secret, \
            and refer to it as vault:{mount}/{service}/{component}/{secret-name}#{field}, env:NAME or file:/path
            """,
            "f.yaml:6:19: environments is not a list but a single value; write a list: one \"- …\" a line, or [a, b]"),
        .service(
            "a registry half named",
            "registry: {url: 'http://r', ca: x, password: 'env:P', connections: 0}\nrepository: shop\nenvironments: 1",
            "f.yaml:4:33: ca is for https, and url is http; write https:// in the url, or leave ca out",
            "f.yaml:4:40: registry has password alone; write username and password, or neither of them",
            "f.yaml:4:72: connections is \"0\"; write a whole number from 1 to 64",
            "f.yaml:6:19: environments is not a list but a single value; write a list: one \"- …\" a line, or [a, b]"),
        .service(
            "secrets anywhere", "registry: {layout: r, api-token: hunter2}\nrepository: shop\nenvironments: 1\nAPI_KEY: hunter2",
            """
            f.yaml:4:38: api-token holds a value, and secrets never stand in the configuration; take it out, change the secret, \
            and refer to it as vault:{mount}/{service}/{component}/{secret-name}#{field}, env:NAME or file:/path
            """,
            "f.yaml:6:19: environments is not a list but a single value; write a list: one \"- …\" a line, or [a, b]",
            """
            f.yaml:7:14: API_KEY holds a value, and secrets never stand in the configuration; take it out, change the secret, \
            and refer to it as vault:{mount}/{service}/{component}/{secret-name}#{field}, env:NAME or file:/path
            """),
    ]

    static let environments: [MistakeCase] = [
        .prod(
            "canary without signal", "strategy: canary\nsteps: [{weight: 5}]",
            """
            f.yaml:10:19: canary is refused without a signal gate: nothing would measure the users that each step takes; add a \
            check with signal: error-rate or signal: latency-p99 that is not observe-only
            """),
        .prod(
            "canary without rollback",
            "strategy: canary\non-inconclusive: fail\nsteps: [{weight: 5}]\nchecks: [{name: e, signal: error-rate, limit: 1%}]",
            """
            f.yaml:10:19: canary is refused without automatic rollback: traffic would stay split when nobody decides; write \
            on-inconclusive: roll-back
            """),
        .prod(
            "steps of blue-green", "steps: [{weight: 5}]",
            "f.yaml:10:9: strategy blue-green has no steps; leave steps out, or write strategy: canary"),
        .prod(
            "steps that fall",
            "strategy: canary\nsteps: [{weight: 50}, {weight: 5}]\nchecks: [{name: e, signal: error-rate, limit: 1%}]",
            "f.yaml:11:31: the step of 5 % does not follow one of 50 %; each step takes more of the traffic than the one before"),
        .prod(
            "signal without limit", "checks: [{name: e, signal: error-rate}]",
            "f.yaml:10:18: the signal has no limit; write limit, beyond-other, or both"),
        .prod(
            "share", "checks: [{name: e, signal: error-rate, limit: 101%}]",
            "f.yaml:10:55: limit is \"101%\"; write a share from 0% to 100%, such as 1% or 0.25%"),
        .prod(
            "nothing to compare with", "checks: [{name: e, signal: error-rate, beyond-other: 1%}]",
            """
            f.yaml:10:48: only in a canary does another slot take traffic to compare with; write limit instead, or strategy: \
            canary
            """),
        .prod(
            "signal of the idle slot", "checks: [{name: e, signal: error-rate, limit: 1%, gates: [idle]}]",
            "f.yaml:10:66: a signal is measured where there is traffic, and the idle slot has none; write gates: [live]"),
        .prod(
            "strategy", "strategy: bluegreen",
            "f.yaml:10:19: strategy is \"bluegreen\"; write one of blue-green, canary, replace"),
        .prod(
            "one slot", "slots: [blue]",
            "f.yaml:10:16: strategy blue-green needs two different slots; write slots: [blue, green]"),
        .prod(
            "same slots", "slots: [blue, blue]",
            "f.yaml:10:16: strategy blue-green needs two different slots; write slots: [blue, green]"),
        .prod("three slots", "slots: [a, b, c]", "f.yaml:10:16: slots has 3 slots; at most 2 are allowed"),
        .prod(
            "slots of replace", "strategy: replace\nslots: [a, b]",
            "f.yaml:11:9: strategy replace has one slot without a name; leave slots out"),
        .prod(
            "slot name", "slots: [Blue, green]",
            "f.yaml:10:17: \"Blue\" is not a name; use 1 to 63 of a-z, 0-9 and \"-\", not beginning with \"-\""),
        .prod(
            "times", "soak: 10 minutes\nbake: 8d\ndeadlines: {deploy: 0s, swich: 3s, queue: 5}",
            "f.yaml:10:15: soak is \"10 minutes\"; write a time from 0s to 30d, such as 250ms, 30s, 10m, 4h or 7d",
            "f.yaml:11:15: bake is \"8d\"; write a time from 0s to 7d, such as 250ms, 30s, 10m, 4h or 7d",
            "f.yaml:12:29: deploy is \"0s\"; write a time from 1s to 7d, such as 250ms, 30s, 10m, 4h or 7d",
            "f.yaml:12:33: deadlines knows no key \"swich\"; did you mean \"switch\"?",
            "f.yaml:12:51: queue is \"5\"; write a time from 1s to 7d, such as 250ms, 30s, 10m, 4h or 7d"),
        .prod(
            "words", "switching: auto\non-inconclusive: rollback\nsecrets: secret-production",
            "f.yaml:10:20: switching is \"auto\"; write one of automatic, manual",
            "f.yaml:11:26: on-inconclusive is \"rollback\"; write one of roll-back, fail",
            "f.yaml:12:18: secrets is \"secret-production\"; write one of secret-dev, secret-staging, secret-prod"),
        .prod("platform", "platform: linux/x86_64", "f.yaml:10:19: platform is \"linux/x86_64\"; registries say linux/amd64"),
        .prod("other system", "platform: windows", "f.yaml:10:19: platform is \"windows\"; write linux/amd64 or linux/arm64"),
        .prod(
            "candidates too late", "candidates: builds",
            """
            f.yaml:10:9: only the first environment takes candidates from the registry; leave candidates out, or move it \
            to the first
            """),
        .service(
            "soak too early",
            "registry: {layout: r}\nrepository: shop\nenvironments: [{name: testing, target: {stage: s}, soak: 1m}]",
            "f.yaml:6:56: the first environment has nothing before it to soak in; leave soak out, or move it to the next"),
        .service(
            "names",
            """
            registry: {layout: r}
            repository: shop
            environments:
              - {name: testing, target: {stage: s}}
              - {name: testing, target: {stage: s}}
              - {name: dev, target: {stage: s}}
              - {name: prod-blue, target: {stage: s}}
              - {name: prod, target: {}}
            """,
            "f.yaml:8:16: the environment \"testing\" is on the path twice; give each environment its own name",
            """
            f.yaml:9:16: the pointer tag "dev" of environment dev means something else in every registry; latest, dev and \
            sha-… are taken: choose another name
            """,
            "f.yaml:11:16: the pointer tag \"prod-blue\" of slot blue of environment prod is that of environment prod-blue too; rename one of them",
            "f.yaml:11:30: target has no stage; add stage: with the directory of the embedded stage"),
    ]

    static let checks: [MistakeCase] = [
        .check(
            "no kind", "{name: a}",
            "f.yaml:11:13: the check measures nothing; write exactly one of http, smoke, tcp, container, signal"),
        .check(
            "two kinds", "{name: a, http: /, tcp: true}",
            "f.yaml:11:13: the check measures http and tcp; write exactly one of http, smoke, tcp, container, signal"),
        .check(
            "http", "{name: a, http: health, status: 99, within: 10s}",
            "f.yaml:11:29: http is \"health\"; write the path that is asked for, beginning with \"/\"",
            "f.yaml:11:45: status is \"99\"; write a whole number from 100 to 599",
            "f.yaml:11:57: within 10s is longer than the timeout of 5s; raise timeout, or write a shorter time"),
        .check(
            "of http only", "{name: a, tcp: true, status: 200}",
            "f.yaml:11:34: status belongs to a check by http; leave it out"),
        .check("tcp", "{name: a, tcp: false}", "f.yaml:11:28: tcp is false; write tcp: true, or leave the check out"),
        .check("tcp is no flag", "{name: a, tcp: yes}", "f.yaml:11:28: tcp is \"yes\"; write true or false"),
        .check(
            "smoke", "{name: a, smoke: []}",
            "f.yaml:11:30: smoke is empty; write the command and its words, such as [./smoke.sh, --quick]"),
        .check(
            "counts", "{name: a, tcp: true, count: 0, failures: 7, every: 5ms}",
            "f.yaml:11:41: count is \"0\"; write a whole number from 1 to 1000",
            "f.yaml:11:54: failures lets every one of 5 measurements fail; write a number below count",
            "f.yaml:11:64: every is \"5ms\"; write a time from 100ms to 1h, such as 250ms, 30s, 10m, 4h or 7d"),
        .check(
            "gates", "{name: a, tcp: true, gates: [idle, bake]}",
            "f.yaml:11:48: gates is \"bake\"; write one of idle, live"),
        .check("no gates", "{name: a, tcp: true, gates: []}", "f.yaml:11:41: gates is empty; write one or both of idle, live"),
        .check(
            "reserved", "{name: running-digest, tcp: true}",
            "f.yaml:11:20: running-digest is the check that every gate holds by itself; choose another name"),
        .check(
            "twice", "{name: a, tcp: true}\n          - {name: a, http: /}",
            "f.yaml:12:20: the check \"a\" is there twice; choose another name; the first is in line 11"),
        .prod(
            "never measured", "strategy: replace\nchecks: [{name: a, tcp: true, gates: [idle]}]",
            "f.yaml:11:46: the check is never measured: strategy replace has no idle slot; add live, or leave gates out"),
    ]

    @Test(arguments: file + services + versions + environments + checks)
    func `each mistake is told by its place and what would be right`(_ subject: MistakeCase) {
        #expect(mistakes(subject.yaml) == subject.words)
        #expect(!mistakes(subject.yaml).joined().contains("hunter2"))
    }

    @Test func `mistakes of every part are reported at once`() {
        let yaml = """
            version: 1
            rols: {alice: operator}
            services:
              Shop:
                registry: {layout: r}
                environments:
                  - {name: testing, target: {stage: s}, checks: [{name: a, http: x}]}
                  - {name: prod, strategy: canary, steps: [{weight: 5}]}
            """
        #expect(
            mistakes(yaml).map { String($0.prefix { $0 != ";" }) } == [
                "f.yaml:2:1: the file knows no key \"rols\"",
                "f.yaml:4:3: \"Shop\" is not a name",
                "f.yaml:5:5: service \"Shop\" has no repository",
                "f.yaml:7:70: http is \"x\"",
                "f.yaml:8:9: environment has no target",
                """
                f.yaml:8:32: canary is refused without a signal gate: nothing would measure the users that each step takes
                """,
            ])
    }

    @Test func `two services may not share a repository`() {
        let service = "{registry: {layout: r}, repository: shop, environments: [{name: prod, target: {stage: s}}]}"
        #expect(
            mistakes("version: 1\nservices:\n  a: \(service)\n  b: \(service)\n") == [
                """
                f.yaml:4:3: b uses the repository shop of a; give each service repositories of its own: both would move the \
                same pointer tags
                """
            ])
    }
}

/// The reported mistakes of a text, one a line; empty where there are none.
func mistakes(_ yaml: String) -> [String] {
    switch Settings.read(yaml: yaml, file: "f.yaml", architecture: "amd64") {
    case .success: []
    case .failure(let mistakes): mistakes.description.split(separator: "\n").map(String.init)
    }
}
