/// How a person, or the tool whose output was pasted, names an image of a known service.
///
/// It is what was written and no more: which image it names is decided with `KnownImages`.
package enum ImageReference: Hashable, Sendable, Codable {
    /// All 64 digits, with `sha256:` or without.
    case digest(Digest)
    /// The first 4 to 63 digits of a digest, written `sha256:1842`.
    case prefix(String)
    /// A tag, written `tag:1842`, or a text that no digest begins with.
    case tag(Tag)
    /// A tag that could be the beginning of a digest as well: a build number, a date, a short commit.
    case tagOrPrefix(Tag)
    /// A repository's name with a tag, a digest or both, or a tag with a digest.
    case image(WrittenImage)

    /// Parses what a person typed or pasted: what stands around it, and in front of it, is no part of it.
    /// - Throws: `ReferenceError` that says what is wrong and what would be right.
    package init(parsing text: some StringProtocol) throws(ReferenceError) {
        let written = try Self.bare(text)
        if let name = written.removing(prefix: "tag:") {
            self = .tag(try Self.tag(name))
        } else if let digits = written.lowercased().removing(prefix: "sha256:") {
            self = try Self.digits(digits)
        } else if let name = Self.otherAlgorithm(written) {
            throw .digest(.algorithm(name))
        } else if let image = try WrittenImage(written) {
            self = .image(image)
        } else {
            self = try Self.word(written)
        }
    }

    /// What a word means that has neither a repository nor an algorithm in it.
    private static func word(_ word: String) throws(ReferenceError) -> ImageReference {
        let lowered = word.lowercased()
        if lowered.isHex, lowered.utf8.count == 64, let digest = try? Digest(parsing: "sha256:" + lowered) {
            return .digest(digest)
        }
        let tag = try tag(word)
        return lowered.isHex && (shortest..<64).contains(lowered.utf8.count) ? .tagOrPrefix(tag) : .tag(tag)
    }

    private static func digits(_ digits: String) throws(ReferenceError) -> ImageReference {
        if let digest = try? Digest(parsing: "sha256:" + digits) { return .digest(digest) }
        guard digits.isHex, (shortest..<64).contains(digits.utf8.count) else { throw .digits(SafeText(digits, limit: 80)) }
        return .prefix(digits)
    }

    /// The algorithm of a digest that Baton cannot hold; `nil` for any other text.
    private static func otherAlgorithm(_ text: String) -> SafeText? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let (name, digits) = (text[..<colon].lowercased(), String(text[text.index(after: colon)...]))
        return ["sha512", "sha384", "sha1", "md5", "blake3"].contains(name) && digits.isHex ? SafeText(name) : nil
    }

    static func tag(_ text: some StringProtocol) throws(ReferenceError) -> Tag {
        let tag: Tag
        do { tag = try Tag(text) } catch { throw .tag(error) }
        if tag.isForbidden { throw .tag(.forbidden(tag)) }
        return tag
    }

    /// Fewest digits that may stand for a digest.
    private static let shortest = 4

    /// The text without what a terminal, a file or a tool puts around and in front of it.
    private static func bare(_ text: some StringProtocol) throws(ReferenceError) -> String {
        var bare = Substring(text)
        bare = bare.drop(while: isAround)
        while let last = bare.last, isAround(last) { bare.removeLast() }
        guard !bare.isEmpty else { throw .empty }
        guard bare.utf8.count <= longest else { throw .tooLong }
        guard let mark = bare.firstRange(of: "://") else { return String(bare) }
        let (scheme, rest) = (bare[..<mark.lowerBound].lowercased(), bare[mark.upperBound...])
        switch scheme {
        case "docker-pullable", "oci": return String(rest)
        case "docker":
            guard !(rest.utf8.count == 64 && String(rest).isHex) else { throw .container(SafeText(bare, limit: 90)) }
            return String(rest)
        case "http", "https": return document(at: rest)
        case "containerd", "cri-o": throw .container(SafeText(bare, limit: 90))
        default: throw .scheme(SafeText(scheme, limit: 40))
        }
    }

    /// The image that an address of the distribution specification names: `host/v2/shop/payments/manifests/v2.31.0`.
    private static func document(at address: Substring) -> String {
        guard let version = address.firstRange(of: "/v2/"), let kind = address.firstRange(of: "/manifests/"),
            version.upperBound < kind.lowerBound
        else { return String(address) }
        let reference = address[kind.upperBound...]
        let separator = reference.contains(":") ? "@" : ":"
        return "\(address[..<version.lowerBound])/\(address[version.upperBound..<kind.lowerBound])\(separator)\(reference)"
    }

    private static let longest = 1_024

    /// Whether a character is no part of any reference: white space, quotes, what ends a line of JSON.
    private static func isAround(_ character: Character) -> Bool {
        if character.isWhitespace || "\"'`,;<>\u{201C}\u{201D}\u{2018}\u{2019}\u{FEFF}\u{200B}".contains(character) {
            return true
        }
        return character.unicodeScalars.allSatisfy { scalar in
            scalar.value < 0x20 || scalar.value == 0x7F || scalar.properties.generalCategory == .format
        }
    }
}

/// An image named by its repository, as tools print it: `registry.example/shop/payments:v2.31.0@sha256:…`.
package struct WrittenImage: Hashable, Sendable, Codable {
    /// The repository, with its registry where that was written; lower case. `nil` if only a tag and a digest were.
    package let name: String?
    package let tag: Tag?
    package let digest: Digest?
    /// The name as a tag, where it stands alone before a digest and may be meant so: `v2.31.0@sha256:…`.
    package let word: Tag?

    /// Parses a name with a tag, a digest or both.
    /// - Returns: `nil` if the text is a single word.
    init?(_ text: String) throws(ReferenceError) {
        let at = text.lastIndex(of: "@")
        var name = text[..<(at ?? text.endIndex)]
        var tag: Tag?
        if let at { digest = try Self.digest(text[text.index(after: at)...]) } else { digest = nil }
        let slash = name.lastIndex(of: "/")
        if let colon = name[(slash ?? name.startIndex)...].lastIndex(of: ":") {
            tag = try ImageReference.tag(name[name.index(after: colon)...])
            name = name[..<colon]
        } else if slash == nil {
            guard digest != nil else { return nil }
        } else if digest == nil {
            throw .nothingNamed(SafeText(text, limit: 200))
        }
        self.tag = tag
        word = slash == nil && tag == nil ? try? Tag(name) : nil
        self.name = name.isEmpty ? nil : name.lowercased()
        guard self.name.map({ (try? RepositoryName($0)) != nil }) ?? true else { throw .repository(SafeText(name, limit: 200)) }
    }

    private static func digest(_ text: Substring) throws(ReferenceError) -> Digest {
        let lowered = text.lowercased()
        do { return try Digest(parsing: lowered) } catch {
            if case .algorithm = error { throw .digest(error) }
            throw .digits(SafeText(lowered.removing(prefix: "sha256:") ?? lowered, limit: 80))
        }
    }
}

/// Why a text names no image.
package enum ReferenceError: Error, Equatable, CustomStringConvertible {
    case empty
    case tooLong
    case tag(TagError)
    case digest(DigestError)
    case digits(SafeText)
    case nothingNamed(SafeText)
    case repository(SafeText)
    case container(SafeText)
    case scheme(SafeText)

    package var description: String {
        switch self {
        case .empty: "nothing was named: write a tag, a digest, or at least 4 of its first digits"
        case .tooLong: "that is too long for the name of an image"
        case .tag(let error): error.description
        case .digest(let error): error.description
        case .digits(let text):
            "\"\(text)\" is not how a digest begins: after sha256: write at least 4 and at most 64 hexadecimal digits"
        case .nothingNamed(let text): "\"\(text)\" names a repository and no image: add a tag (:v2.31.0) or a digest (@sha256:…)"
        case .repository(let text): "\"\(text)\" is not the name of a repository"
        case .container(let text): "\"\(text)\" is the id of a container: name its image, by tag or digest"
        case .scheme(let text): "\"\(text)://\" leads to no registry: name the image by tag or digest"
        }
    }
}

extension String {
    /// Whether it is hexadecimal digits alone, in lower or upper case.
    fileprivate var isHex: Bool { !isEmpty && utf8.allSatisfy { "0123456789abcdefABCDEF".utf8.contains($0) } }

    /// What follows a beginning; `nil` if the text does not begin so.
    fileprivate func removing(prefix: String) -> String? { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil }
}
