internal import PromotionCore

/// Names of media types (OCI image-spec, media-types).
enum MediaType {
    static let layer = "application/vnd.oci.image.layer.v1.tar"
    static let configuration = "application/vnd.oci.image.config.v1+json"
    static let manifest = "application/vnd.oci.image.manifest.v1+json"
    static let index = "application/vnd.oci.image.index.v1+json"
}

/// Points at a blob (OCI image-spec, descriptor).
struct LayoutDescriptor: Encodable, Hashable {
    struct Platform: Encodable, Hashable {
        let architecture: SafeText
        let os: SafeText
    }

    let mediaType: String
    let digest: Digest
    let size: Int
    var platform: Platform?
    var annotations: [String: String]?
}

/// `oci-layout` (OCI image-spec, image-layout).
struct LayoutMarker: Encodable {
    let imageLayoutVersion = "1.0.0"
}

/// An image manifest (OCI image-spec, manifest).
struct LayoutManifest: Encodable {
    let schemaVersion = 2
    let mediaType = MediaType.manifest
    let config: LayoutDescriptor
    let layers: [LayoutDescriptor]
    let annotations: [String: String]
}

/// An image index, and the layout's own `index.json` (OCI image-spec, image-index).
struct LayoutIndex: Encodable {
    let schemaVersion = 2
    let mediaType = MediaType.index
    let manifests: [LayoutDescriptor]
}

/// An image configuration (OCI image-spec, config).
struct LayoutConfiguration: Encodable {
    struct Execution: Encodable {
        let user: String
        let environment: [String]
        let entrypoint: [String]
        let labels: [String: String]

        enum CodingKeys: String, CodingKey {
            case user = "User"
            case environment = "Env"
            case entrypoint = "Entrypoint"
            case labels = "Labels"
        }
    }

    struct FileSystem: Encodable {
        let type = "layers"
        let layers: [Digest]

        enum CodingKeys: String, CodingKey {
            case type
            case layers = "diff_ids"
        }
    }

    struct Step: Encodable {
        let created: SafeText
        let createdBy: String

        enum CodingKeys: String, CodingKey {
            case created
            case createdBy = "created_by"
        }
    }

    let created: SafeText
    let architecture: SafeText
    let os: SafeText
    let config: Execution
    let rootfs: FileSystem
    let history: [Step]
}
