internal import NIOSSL
internal import PromotionCore

/// Whom a TLS client trusts.
enum TrustedAuthority {
    /// A client's configuration that trusts the system's authorities, and a private one next to them.
    /// - Parameters:
    ///   - path: a file with the private authority's certificates; `nil` for none.
    ///   - owner: what the authority is of, for the reason: `registry`.
    /// - Throws: `Fault.refused` where the file holds no certificate.
    static func configuration(_ path: String?, of owner: SafeText) throws(Fault) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        guard let path else { return configuration }
        guard let bytes = try SecretSource.bytes(of: path, limit: 4 << 20) else {
            throw Fault(.refused, SafeText("the file \(path) of the \(owner)'s certificate authority does not exist"))
        }
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
            throw Fault(.refused, SafeText("\(path) holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)"))
        }
        configuration.additionalTrustRoots = [.certificates(certificates)]
        return configuration
    }
}
