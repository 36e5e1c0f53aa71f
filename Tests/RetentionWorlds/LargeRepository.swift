package import PromotionCore

/// A repository as a busy year leaves it: versions with seven candidates each, a build for every one, indexes, signatures.
package enum LargeRepository {
    package static let now = RetentionWorld.start

    /// So many tags, or a few more; two thirds of the versions are old enough that their candidates may go.
    package static func snapshot(tags: Int) -> RetentionSnapshot {
        let repository: RepositoryName
        do { repository = try RepositoryName("shop/payments") } catch { preconditionFailure("\(error)") }
        var snapshot = RetentionSnapshot(
            repository: repository,
            capabilities: RegistryCapabilities(tagDeletion: .no, digestDeletion: .yes, referrersAPI: .no))
        snapshot.sequence = 1
        snapshot.lastEntryAt = now
        var version = 0
        while snapshot.tags.count < tags {
            for candidate in 1...7 { add(version, candidate, to: &snapshot) }
            version += 1
        }
        for tag in snapshot.tags.keys.sorted().suffix(3) { snapshot.pointers.insert(tag) }
        return snapshot
    }

    private static func add(_ version: Int, _ candidate: Int, to snapshot: inout RetentionSnapshot) {
        let name = "v1.\(version).0-rc.\(candidate)"
        let layer = StoredManifest.Blob(digest: Digest(of: "layer \(name)".utf8), size: 4_096)
        let base = StoredManifest.Blob(digest: RetentionWorld.blobs[version % 40].digest, size: 1 << 20)
        var image = StoredManifest(mediaType: "application/vnd.oci.image.manifest.v1+json")
        image.configuration = layer.digest
        image.blobs = [layer, base]
        var top = Digest(of: name.utf8)
        snapshot.manifests[top] = image
        if candidate % 3 == 0 {
            var index = StoredManifest(mediaType: "application/vnd.oci.image.index.v1+json")
            index.children = [top]
            top = Digest(of: "index \(name)".utf8)
            snapshot.manifests[top] = index
        }
        var names = [name, "sha-\(top.short(12))"]
        if candidate == 5 { names.append("v1.\(version).0") }
        for text in names { set(text, top, in: &snapshot) }
        if candidate == 4 {
            let signature = Digest(of: "signature \(name)".utf8)
            snapshot.manifests[signature] = StoredManifest(mediaType: "application/vnd.oci.image.manifest.v1+json")
            set("sha256-\(top.hex).sig", signature, in: &snapshot)
        }
        for digest in [top] + (snapshot.manifests[top]?.children ?? []) {
            snapshot.sightings.first[digest] = now + Milliseconds(-Int64(version % 90) * RetentionWorld.day)
        }
    }

    private static func set(_ text: String, _ digest: Digest, in snapshot: inout RetentionSnapshot) {
        do { snapshot.tags[try Tag(text)] = digest } catch { preconditionFailure("\(error)") }
    }
}
