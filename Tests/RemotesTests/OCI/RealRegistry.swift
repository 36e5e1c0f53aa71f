import Foundation
import Glibc
import PromotionCore
import Remotes
import Testing

/// Debian's docker-registry in a process of its own on a free loopback port, filled behind its back.
final class RealRegistry: RegistryUnderTest {
    /// How the registry is set up.
    struct Manner: Sendable, CustomTestStringConvertible {
        var isEncrypted = false
        var needsPassword = false
        var deletes = true

        var testDescription: String {
            [isEncrypted ? "https" : "http", needsPassword ? "htpasswd" : nil, deletes ? nil : "no deletion"]
                .compactMap(\.self).joined(separator: ", ")
        }
    }

    static let plain = Manner()
    static let manners = [
        plain, Manner(isEncrypted: true, needsPassword: true), Manner(deletes: false),
    ]

    let repository: RepositoryName
    let manner: Manner
    let address: RegistryAddress
    let scratch: Scratch
    private let process: Process
    private let transport: RegistryTransport
    private let account: SecretFiles

    init(_ manner: Manner = plain, repository: String = "shop/payments", limits: RegistryLimits = RegistryLimits()) async throws {
        self.manner = manner
        self.repository = try RepositoryName(repository)
        scratch = try Scratch()
        account = try SecretFiles(in: scratch, name: "baton", password: "hunter2")
        let port = try RawServer.closedPort().port
        try scratch.write(Self.configuration(manner, port: port, directory: scratch.path).utf8, to: "registry.yml")
        try scratch.write(Self.accounts.utf8, to: "htpasswd")
        guard let address = RegistryAddress("\(manner.isEncrypted ? "https" : "http")://127.0.0.1:\(port)") else {
            throw POSIXError(.EINVAL)
        }
        self.address = address
        transport = try RegistryTransport(
            limits: limits, authority: manner.isEncrypted ? Certificates.shared.get().authority : nil)
        process = Process()
        process.executableURL = URL(filePath: Self.program)
        process.arguments = ["serve", "\(scratch.path)/registry.yml"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        try await eventually { Loopback.connect(to: port).map { close($0) } != nil }
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
        let transport = transport
        Task { await transport.close() }
    }

    /// The account `baton` with the password `hunter2`, as htpasswd writes it with bcrypt.
    private static let accounts = "baton:$2y$04$1CFAaW75bi2I5Pk0kHA3HeB04jntIfqUyN5gi.A92jj5CxxaAc/aa\n"

    static let program = "/usr/bin/docker-registry"
    static let isInstalled = access(program, X_OK) == 0

    private static func configuration(_ manner: Manner, port: Int, directory: String) throws -> String {
        var lines = [
            "version: 0.1", "log: {level: error, accesslog: {disabled: true}}",
            "storage: {filesystem: {rootdirectory: \(directory)/data}, delete: {enabled: \(manner.deletes)}}",
        ]
        // What other registries take by themselves.
        lines.append("compatibility: {schema1: {enabled: true}}")
        lines.append("validation: {manifests: {urls: {allow: ['^https?://']}}}")
        var http = "addr: 127.0.0.1:\(port), secret: test"
        if manner.isEncrypted {
            let files = try Certificates.shared.get()
            http += ", tls: {certificate: \(files.certificate), key: \(files.key)}"
        }
        lines.append("http: {\(http)}")
        if manner.needsPassword { lines.append("auth: {htpasswd: {realm: test, path: \(directory)/htpasswd}}") }
        return lines.joined(separator: "\n") + "\n"
    }

    var credentials: CredentialSource { manner.needsPassword ? account.source : .anonymous }

    func client(credentials: CredentialSource? = nil, limits: RegistryLimits = RegistryLimits()) -> RegistryClient {
        RegistryClient(
            address: address, credentials: credentials ?? self.credentials, transport: transport, limits: limits, now: Wall.now)
    }

    func open() -> any Registry & ArtifactStore { registry() }

    func registry(limits: RegistryLimits = RegistryLimits()) -> DistributionRegistry {
        DistributionRegistry(client: client(limits: limits), state: "\(scratch.path)/state")
    }
}

/// Wall time.
enum Wall {
    @Sendable static func now() -> Timestamp {
        Timestamp(millisecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1_000))
    }

    /// Both clocks, where no one sets the wall clock.
    static var reading: ClockReading {
        ClockReading(wall: now(), boot: BootTime(boot: "test", elapsed: now() - Timestamp(millisecondsSinceEpoch: 0)))
    }
}

extension RealRegistry {
    /// Writes an image as the registry itself stores it (distribution 2.8, storage/paths.go).
    func push(_ image: SampleImage, tags: [String]) async throws {
        for blob in image.blobs {
            let digest = Digest(of: blob)
            try scratch.write(blob, to: Self.file(of: digest))
            let link = Array(digest.description.utf8)
            try scratch.write(link, to: "\(home)/_layers/sha256/\(digest.hex)/link")
            if digest == image.top.digest || (try? StoredDocument(parsing: blob))?.links != nil {
                try scratch.write(link, to: "\(home)/_manifests/revisions/sha256/\(digest.hex)/link")
            }
        }
        let link = Array(image.top.digest.description.utf8)
        for tag in tags {
            try scratch.write(link, to: "\(home)/_manifests/tags/\(tag)/current/link")
            try scratch.write(link, to: "\(home)/_manifests/tags/\(tag)/index/sha256/\(image.top.digest.hex)/link")
        }
    }

    func erase(_ digest: Digest) async throws { try scratch.remove(Self.file(of: digest)) }

    private var home: String { "data/docker/registry/v2/repositories/\(repository)" }

    static func file(of digest: Digest) -> String {
        "data/docker/registry/v2/blobs/sha256/\(digest.hex.prefix(2))/\(digest.hex)/data"
    }

    /// The registry's image as skopeo names it.
    func skopeoName(_ tag: String) -> String { "docker://\(address.name)/\(repository):\(tag)" }
}

/// Name and password in files, as a configuration refers to them.
struct SecretFiles: Sendable {
    let source: CredentialSource

    init(in scratch: Scratch, name: String, password: String) throws {
        try scratch.write("\(name)\n".utf8, to: "secrets/name")
        try scratch.write("\(password)\n".utf8, to: "secrets/password")
        source = .given(
            username: .file(path: "\(scratch.path)/secrets/name"), password: .file(path: "\(scratch.path)/secrets/password"))
    }
}

/// A private authority and a certificate of it for 127.0.0.1, made once.
struct Certificates: Sendable {
    let authority: String
    let certificate: String
    let key: String
    private let scratch: Scratch

    static let shared = Result { try Certificates() }

    private init() throws {
        scratch = try Scratch()
        (authority, certificate, key) = ("\(scratch.path)/ca.pem", "\(scratch.path)/server.pem", "\(scratch.path)/server.key")
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
        try Self.openssl(
            ["req", "-x509", "-keyout", "\(scratch.path)/ca.key", "-out", authority, "-subj", "/CN=test authority"] + curve)
        try Self.openssl(
            ["req", "-x509", "-CA", authority, "-CAkey", "\(scratch.path)/ca.key", "-keyout", key, "-out", certificate]
                + ["-subj", "/CN=registry", "-addext", "subjectAltName=IP:127.0.0.1,DNS:registry.test"]
                + ["-addext", "basicConstraints=critical,CA:FALSE"] + curve)
    }

    private static func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw POSIXError(.EIO) }
    }
}
