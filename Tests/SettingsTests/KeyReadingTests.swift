internal import PromotionCore
internal import Settings
internal import Testing

/// Keys, what images must prove, and passports.
@Suite struct KeyReadingTests {
    static let key = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMmdBRlMRdduAhX5ld/VatbhKozmO
        x0msuYYXYbX/igPb6dP0at2YSbvrPBvepIei/T2Vx+Nk4Dm78BhyDmLApw==
        -----END PUBLIC KEY-----
        """
    /// Another key: Ed25519.
    static let other = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEASPSoRWUv56xPusGajYwz2I613O2+tQYOFkvcXLkWf2A=
        -----END PUBLIC KEY-----
        """

    private func read(_ head: String, prod: String) -> Result<Settings, SettingsMistakes> {
        let yaml = """
            version: 1
            \(head)
            services:
              shop:
                registry: {layout: r}
                repository: shop
                environments:
                  - {name: testing, target: {stage: s}}
                  - name: prod
                    target: {stage: s}
                    \(prod)
            """
        return Settings.read(yaml: yaml, file: "f.yaml", architecture: "amd64") { path in
            switch path {
            case "release.pub": .success(Array(Self.key.utf8))
            case "ed.pub": .success(Array(Self.other.utf8))
            case "id_rsa": .success(Array("-----BEGIN PRIVATE KEY-----".utf8))
            default: .failure(.init("No such file or directory"))
            }
        }
    }

    private static let keys = "keys: {release: release.pub, ed: ed.pub, again: release.pub}"

    @Test func `rules hold the keys themselves, so that another key makes another plan`() throws {
        let settings = try read(
            Self.keys + "\npassport: {key: \"file:/etc/agent.key\", trusted: [ed]}",
            prod: "signature: {keys: [release, ed], threshold: 2}"
        ).get()
        let prod = try #require(settings.services.first?.service.path.last)
        #expect(prod.image.papers.map(\.kind) == [.signature] && prod.image.papers[0].threshold == 2)
        #expect(prod.image.papers[0].keys.map(\.key) == [try PublicKey(pem: Self.key), try PublicKey(pem: Self.other)])
        #expect(settings.passport == PassportSettings(keyFile: "/etc/agent.key", trusted: [prod.image.papers[0].keys[1]]))
        let swapped = try read(
            Self.keys.replacing("release: release.pub", with: "release: ed.pub"), prod: "signature: {keys: [release]}"
        ).get()
        let single = try read(Self.keys, prod: "signature: {keys: [release]}").get()
        #expect(swapped.services[0].service.path[1].version != single.services[0].service.path[1].version)
    }

    @Test func `attestations are required, or evidence of the environment before`() throws {
        let settings = try read(
            Self.keys,
            prod: """
                attestations:
                          - {type: "https://slsa.dev/provenance/v1", keys: [release]}
                          - {type: "urn:tests", keys: [ed], evidence: true}
                        image: {user: non-root, base: pinned, labels: [team]}
                """
        ).get()
        let image = try #require(settings.services.first?.service.path.last?.image)
        #expect(image.papers.map(\.kind) == [.attestation(predicateType: "https://slsa.dev/provenance/v1")])
        #expect(image.evidence.map(\.kind) == [.attestation(predicateType: "urn:tests")])
        #expect(image.user == .notRoot && image.base == .pinned && image.labels == ["team"])
    }

    @Test(arguments: [
        ("keys: {release: gone.pub}", "soak: 0s", "f.yaml:2:17: the key gone.pub cannot be read: No such file or directory"),
        ("keys: {release: id_rsa}", "soak: 0s", "f.yaml:2:17: key release: this is a private key"),
        ("keys: {Release: release.pub}", "soak: 0s", "f.yaml:2:8: \"Release\" is not a name"),
        (keys, "signature: {keys: [relase]}", "f.yaml:11:28: \"relase\" is not one of keys; there are: again, ed, release"),
        ("state: x", "signature: {keys: [release]}", "add keys: at the top of the file"),
        (keys, "signature: {keys: []}", "f.yaml:11:27: keys is empty; name at least one of keys:"),
        (keys, "signature: {keys: [release, again]}", "names one key twice"),
        (keys, "signature: {keys: [release], threshold: 2}", "f.yaml:11:49: threshold is 2, and 1 keys are named"),
        (keys, "signature: {threshold: 1}", "signature has no keys"),
        (keys, "signature: {keys: [release], treshold: 1}", "did you mean \"threshold\"?"),
        (keys, "attestations: [{keys: [release]}]", "attestation has no type"),
        (keys, "attestations: [{type: slsa, keys: [release]}]", "write the predicate type whole"),
        (keys, "attestations: [{type: \"https://sigstore.dev/cosign/sign/v1\", keys: [release]}]", "write signature: instead"),
        (keys, "image: {user: root}", "user is \"root\"; write one of any, non-root"),
        (keys, "image: {base: debian}", "base is \"debian\"; write one of any, pinned"),
        ("passport: {key: abc}", "soak: 0s", "secrets never stand in the configuration"),
        ("passport: {key: \"env:KEY\"}", "soak: 0s", "the passport key is not a file"),
        ("passport: {key: \"file:/k\", trusted: [agent]}", "soak: 0s", "\"agent\" is not one of keys"),
    ])
    func `mistakes are told by their place and what would be right`(head: String, prod: String, words: String) {
        guard case .failure(let mistakes) = read(head, prod: prod) else {
            Issue.record("it was read without a mistake")
            return
        }
        #expect(mistakes.description.contains(words), "\(mistakes)")
    }

    @Test func `evidence needs an environment before`() {
        let answer = Settings.read(
            yaml: """
                version: 1
                keys: {release: release.pub}
                services:
                  shop:
                    registry: {layout: r}
                    repository: shop
                    environments:
                      - name: prod
                        target: {stage: s}
                        attestations: [{type: "urn:tests", keys: [release], evidence: true}]
                """, file: "f.yaml", architecture: "amd64"
        ) { _ in .success(Array(Self.key.utf8)) }
        guard case .failure(let mistakes) = answer else {
            Issue.record("it was read without a mistake")
            return
        }
        #expect(mistakes.description.contains("the first environment has nothing before it that could have evidence"))
    }
}
