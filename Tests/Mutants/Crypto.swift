/// Stands in for swift-crypto where mutants are built: simulated worlds ask no more of a digest than to differ, and building
/// the real one takes longer than everything else.
public struct SHA256: Sendable {
    public struct Digest: Sequence, Sendable {
        let bytes: [UInt8]

        public func makeIterator() -> IndexingIterator<[UInt8]> { bytes.makeIterator() }
    }

    private var lanes: [UInt64] = [0xCBF2_9CE4_8422_2325, 0x9E37_79B9_7F4A_7C15, 0xBF58_476D_1CE4_E5B9, 0x94D0_49BB_1331_11EB]

    public init() {}

    public mutating func update(data: [UInt8]) { data.withUnsafeBytes { update(bufferPointer: $0) } }

    /// Four FNV-1a hashes that begin at different numbers.
    public mutating func update(bufferPointer: UnsafeRawBufferPointer) {
        for lane in lanes.indices {
            lanes[lane] = bufferPointer.reduce(lanes[lane]) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        }
    }

    public func finalize() -> Digest {
        Digest(bytes: lanes.flatMap { lane in (0..<8).map { UInt8(truncatingIfNeeded: (lane ^ (lane >> 29)) >> ($0 * 8)) } })
    }
}

/// No simulated world signs anything.
public struct NoSignatures: Error {}

public enum P256 {
    public enum Signing {
        public struct ECDSASignature {
            public init(derRepresentation: [UInt8]) throws { throw NoSignatures() }
            public init(rawRepresentation: [UInt8]) throws { throw NoSignatures() }
        }

        public struct PublicKey {
            public init(x963Representation: [UInt8]) throws { throw NoSignatures() }
            public func isValidSignature(_ signature: ECDSASignature, for message: [UInt8]) -> Bool { false }
        }
    }
}

public enum Curve25519 {
    public enum Signing {
        public struct PublicKey {
            public init(rawRepresentation: [UInt8]) throws { throw NoSignatures() }
            public func isValidSignature(_ signature: [UInt8], for message: [UInt8]) -> Bool { false }
        }
    }
}
