/// The numbers of a candidate or final tag, compared with unbounded precision.
package struct Version: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// X, Y and Z; nought where the pattern has none.
    package let major: Numeral
    package let minor: Numeral
    package let patch: Numeral
    /// The text that follows the numbers, such as `alpine`; empty if there is none. Versions that differ in it are different lines.
    package let suffix: String
    /// The final tag of the version; `nil` if the service makes none.
    package let final: Tag?
    /// The number of the candidate; `nil` for a final tag.
    package let candidate: Numeral?

    init(_ numbers: TagPattern.Numbers, suffix: String, final: Tag?, isCandidate: Bool) {
        (major, minor, patch) = (numbers.x ?? Numeral(0), numbers.y ?? Numeral(0), numbers.z ?? Numeral(0))
        self.suffix = suffix
        self.final = final
        candidate = isCandidate ? numbers.n ?? Numeral(0) : nil
    }

    private init(released version: Version) {
        (major, minor, patch, suffix, final) = (version.major, version.minor, version.patch, version.suffix, version.final)
        candidate = nil
    }

    /// The version that a candidate becomes; itself for a final one.
    package var released: Version { candidate == nil ? self : Version(released: self) }

    /// Whether both are of one line, so that one of them can be older than the other.
    package func isComparable(to other: Version) -> Bool { suffix == other.suffix }

    /// Orders versions by their numbers, and the candidates of one version before its final tag.
    package static func < (left: Version, right: Version) -> Bool {
        if left.major != right.major { return left.major < right.major }
        if left.minor != right.minor { return left.minor < right.minor }
        if left.patch != right.patch { return left.patch < right.patch }
        if left.suffix != right.suffix { return left.suffix < right.suffix }
        if left.final != right.final { return (left.final?.text ?? "") < (right.final?.text ?? "") }
        guard let one = left.candidate else { return false }
        return right.candidate.map { one < $0 } ?? true
    }

    package var description: String {
        final?.text ?? "\(major).\(minor).\(patch)\(suffix.isEmpty ? "" : "-\(suffix)")"
    }
}
