/// Something in a registry that claims to speak for an image, as it was read, before anything of it is believed.
package struct Paper: Hashable, Sendable {
    /// In which form it speaks.
    package enum Form: Hashable, Sendable {
        /// cosign's tag form: the payload, and the signature over it from the layer's annotation, in base64.
        case simpleSigning(payload: [UInt8], signature: String?)
        /// A DSSE envelope by itself.
        case envelope([UInt8])
        /// A sigstore bundle around an envelope.
        case bundle([UInt8])
        /// A form that this version does not read.
        case unknown(SafeText)
        /// Its bytes could not be had.
        case unreadable(SafeText)
    }

    /// Where it was found, such as `sha256-4be1….sig`.
    package let place: SafeText
    package let form: Form
    /// Whether it comes with a certificate: then it was made without a key that could be configured (keyless).
    package let hasCertificate: Bool

    package init(place: SafeText, form: Form, hasCertificate: Bool = false) {
        self.place = place
        self.form = form
        self.hasCertificate = hasCertificate
    }

    /// Whether its bytes could not be had.
    package var isUnreadable: Bool { if case .unreadable = form { true } else { false } }

    /// Bytes that are held of it.
    package var bytes: Int {
        switch form {
        case .simpleSigning(let bytes, _), .envelope(let bytes), .bundle(let bytes): bytes.count
        case .unknown, .unreadable: 0
        }
    }

    /// cosign's "simple signing" layer (cosign, SIGNATURE_SPEC).
    package static let simpleSigning = MediaType("application/vnd.dev.cosign.simplesigning.v1+json")
    /// cosign's bundle in a referrer (sigstore bundle, version 0.3).
    package static let bundle = MediaType("application/vnd.dev.sigstore.bundle.v0.3+json")
    /// What notation writes; it is named so that nobody takes it for nothing.
    package static let notation = MediaType("application/vnd.cncf.notary.signature")
    /// What cosign calls a signature in the form of a statement.
    package static let signaturePredicate = "https://sigstore.dev/cosign/sign/v1"

    /// Bytes of one payload in the tag form that are read.
    package static let payloadLimit = 64 * 1_024

    /// Bytes of a layer that are read; nil where a layer of this type is no paper that is read.
    package static func limit(of layer: MediaType) -> Int? {
        switch layer {
        case simpleSigning: payloadLimit
        case Envelope.mediaType, bundle: Envelope.byteLimit
        default: nil
        }
    }

    /// A paper from a layer of a manifest.
    package init(layer: Descriptor, bytes: [UInt8], place: SafeText) {
        let certificate = layer.annotations["dev.sigstore.cosign/certificate"].map { !$0.isEmpty } ?? false
        let form: Form =
            switch layer.mediaType {
            case Self.simpleSigning:
                .simpleSigning(payload: bytes, signature: layer.annotations["dev.cosignproject.cosign/signature"])
            case Envelope.mediaType: .envelope(bytes)
            case Self.bundle: .bundle(bytes)
            default: .unknown(SafeText(layer.mediaType.text, limit: 100))
            }
        self.init(place: place, form: form, hasCertificate: certificate)
    }
}

/// What one paper says about an image, and whether that holds.
package struct PaperFinding: Hashable, Sendable, Codable {
    /// What it claims to be. Before a key has verified it this is the claim of whoever wrote it.
    package enum Claim: Hashable, Sendable, Codable {
        case signature
        case attestation(predicateType: SafeText)
        /// It could not even be told.
        case unknown
    }

    /// *Invalid* is an answer, *not verifiable* is none.
    package enum Verdict: Hashable, Sendable, Codable {
        case verified([KeyIdentity])
        case invalid(SafeText)
        case notVerifiable(SafeText)
    }

    package let place: SafeText
    package let claim: Claim
    package let verdict: Verdict

    package init(place: SafeText, claim: Claim, verdict: Verdict) {
        self.place = place
        self.claim = claim
        self.verdict = verdict
    }

    /// The keys that verified it.
    package var signers: [KeyIdentity] {
        if case .verified(let keys) = verdict { keys } else { [] }
    }
}

extension PaperFinding.Claim {
    /// The claim in words.
    package var words: SafeText {
        switch self {
        case .signature: "signature"
        case .attestation(let type): "attestation \(type)"
        case .unknown: "paper"
        }
    }
}
