internal import PromotionCore
internal import Settings
internal import Testing

/// Mistakes in where failures are written down, who is told, what is promoted by itself and what goes together.
@Suite struct AftermathMistakeTests {
    private static let refer = "take it out, change it, and refer to it as \(SecretReference.forms)"
    private static let name = "write the name of a header of a-z, 0-9 and \"-\" that the request does not set itself"

    /// Lines at the top, lines of the service, lines of its last environment; and the one sentence that is told.
    struct Mistake: Sendable, CustomTestStringConvertible {
        var top = ""
        var service = ""
        var environment = ""
        let words: String
        var testDescription: String { [top, service, environment].joined() }
    }

    private static func notification(_ keys: String, _ words: String) -> Mistake {
        Mistake(top: "notifications: [{\(keys)}]", words: words)
    }

    static let mistakes = [
        Mistake(service: "project: {tasks: docs/T.md}", words: "directory: with the project's checkout"),
        Mistake(
            service: "project: {directory: ., tasks: /etc/passwd}",
            words: "\"/etc/passwd\" is not a path inside the project; "
                + "write names separated by \"/\", not beginning with \"/\", without \"..\""),
        Mistake(
            service: "project: {directory: ., tasks: docs/../../x}", words: "\"docs/../../x\" is not a path inside the project"),
        Mistake(
            service: "project: {directory: ., scratchpads: .git/hooks}", words: "\".git/hooks\" is not a path inside the project"),
        Mistake(service: "project: {directory: ., task: a.md}", words: "project knows no key \"task\"; did you mean \"tasks\"?"),
        Mistake(service: "project: [a]", words: "project is not a mapping but a list"),
        Mistake(environment: "reverify: 10s", words: "reverify is \"10s\"; write a time from 1m to 30d"),
        Mistake(environment: "reverify: 31d", words: "reverify is \"31d\"; write a time from 1m to 30d"),
        Mistake(environment: "reverify: often", words: "reverify is \"often\"; write a time from 1m to 30d"),
        Mistake(environment: "promote: yes", words: "promote is \"yes\"; write one of manual, automatic"),
        Mistake(
            environment: "promote: automatic\ncandidates: builds",
            words: "promote is automatic, and candidates are builds, of which none is the newest; "
                + "write candidates: releases, or promote: manual"),
        Mistake(top: "joint: {shop: [shop]}", words: "the set has 1 services; name at least 2, in the order of their switches"),
        Mistake(top: "joint: {shop: [shop, shop]}", words: "shop is in the set twice; name each service once"),
        Mistake(top: "joint: {shop: [shop, cart]}", words: "there is no service \"cart\"; the file has shop"),
        Mistake(top: "joint: [shop]", words: "joint is not a mapping but a list"),
        notification("webhook: env:X", "name: team"),
        notification("name: a", "webhook: env:NAME, or https://…"),
        notification("name: a, webhook: ftp://x", "webhook is no address; write https://… in visible ASCII, or a reference"),
        notification("name: a, webhook: \"https://\"", "webhook is no address"),
        notification(
            "name: a, webhook: \"https://user:pw@x/\"",
            "the webhook's address holds a secret, and secrets never stand in the configuration; \(refer)"),
        notification("name: a, webhook: \"https://x/?token=1\"", "the webhook's address holds a secret"),
        notification("name: a, webhook: \"https://hooks.slack.com/services/T/B/x\"", "the webhook's address holds a secret"),
        notification("name: a, webhook: env:X, format: xml", "format is \"xml\"; write one of json, slack"),
        notification("name: a, webhook: env:X, on: []", "on is empty; write one or more of failed, rolled-back, rollback-failed"),
        notification("name: a, webhook: env:X, on: [always]", "on is \"always\"; write one of failed"),
        notification("name: a, webhook: env:X, headers: {Host: x}", "\"Host\" is not a header that can be set; \(name)"),
        notification("name: a, webhook: env:X, headers: {\"x y\": x}", "\"x y\" is not a header that can be set; \(name)"),
        notification(
            "name: a, webhook: env:X, headers: {authorization: Bearer-abc}",
            "authorization holds a value, and secrets never stand in the configuration"),
        notification(
            "name: a, webhook: env:X, run-link: x", "run-link is not a link; write https://… in visible ASCII, with any of"),
        notification(
            "name: a, webhook: env:X, run-link: \"https://x/{who}\"", "run-link is not a link; there is no {who}: write any of"),
        notification(
            "name: a, webhook: env:X, run-link: \"https://x/{service\"", "run-link is not a link; a \"{\" is not closed"),
        Mistake(
            top: "notifications: [{name: a, webhook: env:X}, {name: a, webhook: env:Y}]",
            words: "the notification \"a\" is there twice; choose another name"),
    ]

    @Test(arguments: mistakes)
    func `is the only one that is told, in these words, and no secret with it`(_ mistake: Mistake) throws {
        let yaml = """
            version: 1
            \(mistake.top)
            services:
              shop:
                registry: {layout: r}
                repository: shop
                \(mistake.service)
                environments:
                  - name: testing
                    target: {stage: s}
                    \(mistake.environment.replacing("\n", with: "\n        "))

            """
        let answer = Settings.read(yaml: yaml, file: "f.yaml", architecture: "amd64", zones: { _ in nil })
        guard case .failure(let mistakes) = answer else {
            Issue.record("it was taken")
            return
        }
        #expect(mistakes.count == 1, "\(mistakes)")
        let told = mistakes.description
        #expect(told.contains(mistake.words), "\(told)")
        for secret in ["pw@", "token=1", "services/T/B", "Bearer-abc"] { #expect(!told.contains(secret), "\(told)") }
    }
}
