/// What is known of one image, by whatever name a person gave it.
package struct ImageReport: Hashable, Sendable, Codable {
    package let digest: Digest
    /// What the digest is a part of; `nil` if it is an image of its own, or nothing is known of it.
    package let part: ImagePart?
    /// The image as the registry has it, or why it could not be read; `nil` in it if the registry has no such image.
    package let image: Reading<Release?>
    /// Tags that name it now, as far as they were asked.
    package let tags: [Tag]
    package let home: ImageHome

    package init(digest: Digest, part: ImagePart?, image: Reading<Release?>, tags: [Tag], home: ImageHome) {
        self.digest = digest
        self.part = part
        self.image = image
        self.tags = tags
        self.home = home
    }
}
