internal import Platform
package import PromotionCore

/// Writes the stage's configuration, and its prepared releases as an OCI image layout, which skopeo and buildah read.
package struct StageSeed: Sendable {
    private let directory: StageDirectory

    package init(_ directory: StageDirectory) { self.directory = directory }

    /// Writes the layout; one that is there already is left as it is.
    /// - Parameter strategy: how prod takes a release, as the configuration says that is written.
    /// - Throws: `StageError` for a file that cannot be written.
    /// - Parameter services: 1, or 2 for a second service with the same releases.
    package func write(prod strategy: Strategy = .blueGreen, services: Int = 1) throws(StageError) {
        try directory.make()
        if !FileStatus.exists(directory.configuration) {
            try StageFile.write(
                Array(Stage.configuration(prod: strategy, services: services).utf8), to: directory.configuration, mode: 0o644)
        }
        try write(Self.repository)
        if services > 1 { try write(Self.secondRepository) }
    }

    private func write(_ repository: RepositoryName) throws(StageError) {
        let layout = directory.layout(of: repository)
        guard !FileStatus.exists("\(layout)/index.json") else { return }
        try StageFile.makeDirectory("\(layout)/blobs/sha256")
        try StageFile.write(Self.json(LayoutMarker()), to: "\(layout)/oci-layout", mode: 0o644)
        var entries: [LayoutDescriptor] = []
        for release in Self.releases {
            let image = Self.image(of: release)
            for blob in image.blobs {
                try StageFile.write(blob, to: "\(layout)/blobs/sha256/\(Digest(of: blob).hex)", mode: 0o644)
            }
            entries += release.tags.map { tag in
                var entry = image.top
                entry.annotations = ["org.opencontainers.image.ref.name": tag.text]
                return entry
            }
        }
        // The index comes last: until it is there, nothing is, and a seed that was cut off is done again.
        try StageFile.write(Self.json(LayoutIndex(manifests: entries)), to: "\(layout)/index.json", mode: 0o644)
    }

    /// What identifies the image of a prepared release.
    package static func digest(of release: StageRelease) -> Digest { image(of: release).top.digest }

    /// The prepared release that has this tag.
    package static func release(_ tag: Tag) -> StageRelease? { releases.first { $0.tags.contains(tag) } }

    private struct Image {
        let top: LayoutDescriptor
        var blobs: [[UInt8]]
    }

    private static func image(of release: StageRelease) -> Image {
        let images = release.platforms.map { image(of: release, on: $0) }
        if images.count == 1, let image = images.first { return image }
        let index = json(LayoutIndex(manifests: images.map(\.top)))
        return Image(top: descriptor(MediaType.index, index), blobs: images.flatMap(\.blobs) + [index])
    }

    private static func image(of release: StageRelease, on platform: Platform) -> Image {
        let layer = TarLayer.archive([
            (path: "app/payments", mode: 0o755, content: Array("#!/bin/sh\necho payments \(release.version)\n".utf8)),
            (path: "app/VERSION", mode: 0o644, content: Array("\(release.version)\n".utf8)),
        ])
        let configuration = json(configuration(of: release, on: platform, layer: Digest(of: layer)))
        let manifest = json(
            LayoutManifest(
                config: descriptor(MediaType.configuration, configuration), layers: [descriptor(MediaType.layer, layer)],
                annotations: labels(of: release)))
        var top = descriptor(MediaType.manifest, manifest)
        top.platform = .init(architecture: platform.architecture, os: platform.system)
        return Image(top: top, blobs: [layer, configuration, manifest])
    }

    private static func configuration(of release: StageRelease, on platform: Platform, layer: Digest) -> LayoutConfiguration {
        LayoutConfiguration(
            created: release.created, architecture: platform.architecture, os: platform.system,
            config: .init(
                user: "65532",
                environment: [
                    "PATH=/app:/usr/bin:/bin", "\(SlotBehaviour.variable)=\(release.behaviour.rawValue)",
                    "VERSION=\(release.version)",
                ],
                entrypoint: ["/app/payments"], labels: labels(of: release)),
            rootfs: .init(layers: [layer]), history: [.init(created: release.created, createdBy: "baton stage")])
    }

    private static func labels(of release: StageRelease) -> [String: String] {
        [
            "org.opencontainers.image.created": release.created.text,
            "org.opencontainers.image.revision": release.revision.text,
            "org.opencontainers.image.source": "https://git.example/shop/payments",
            "org.opencontainers.image.title": "payments",
            "org.opencontainers.image.version": release.version.text,
        ]
    }

    private static func descriptor(_ mediaType: String, _ blob: [UInt8]) -> LayoutDescriptor {
        LayoutDescriptor(mediaType: mediaType, digest: Digest(of: blob), size: blob.count)
    }

    /// - Precondition: the value is one of this file's own documents, which hold nothing that JSON cannot say.
    private static func json(_ value: some Encodable) -> [UInt8] {
        do { return try CanonicalJSON.encode(value) } catch { preconditionFailure("\(error)") }
    }
}
