/// What a path must be to be trusted.
package struct PathDemand: Hashable, Sendable {
    /// What accounts other than the owners may not do with it.
    package enum Privacy: Hashable, Sendable {
        /// They may not change it.
        case notWritable
        /// They may not even read it.
        case notReadable
    }

    /// How far above the path is looked.
    package enum Reach: Hashable, Sendable {
        case itself
        /// Every directory above it, up to the root, and every link on the way.
        case everyParent
    }

    package var kind: FileStatus.Kind
    /// Users who may own it and what is above it; root is always one.
    package var owners: Set<UInt32>
    /// A group that may write to the path itself; `nil` for none.
    package var writingGroup: UInt32?
    package var privacy: Privacy
    package var reach: Reach

    /// A demand; by default nobody but its owners may change the path, whatever names it is reached by.
    package init(
        _ kind: FileStatus.Kind, owners: Set<UInt32>, writingGroup: UInt32? = nil, privacy: Privacy = .notWritable,
        reach: Reach = .everyParent
    ) {
        self.kind = kind
        self.owners = owners.union([0])
        self.writingGroup = writingGroup
        self.privacy = privacy
        self.reach = reach
    }
}

/// What the judgement of a path found.
package enum PathVerdict: Hashable, Sendable {
    /// It meets the demand.
    case trusted(FileStatus)
    /// Nothing is there. What is above the first missing part meets the demand.
    case missing
    case distrusted(PathObjection)
    /// The system did not answer: this is no yes.
    case unknown(SystemFault)
}

/// Why a path is not trusted; `path` is the part of the way that the objection is to.
package enum PathObjection: Hashable, Sendable, CustomStringConvertible {
    case wrongKind(path: String, found: FileStatus.Kind, wanted: FileStatus.Kind)
    case foreignOwner(path: String, owner: UInt32)
    case writableByOthers(path: String)
    case writableByGroup(path: String, group: UInt32)
    case readableByOthers(path: String)
    /// A regular file that has another name: who made that name may keep what is removed here.
    case otherNames(path: String)
    /// A link at the end of the path, or one that others could have made.
    case link(path: String)
    case tooManyLinks(path: String)

    package var description: String {
        switch self {
        case .wrongKind(let path, let found, let wanted): "\(path) is \(found.words), and not \(wanted.words)"
        case .foreignOwner(let path, let owner): "\(path) belongs to \(AccountDatabase.name(ofUser: owner))"
        case .writableByOthers(let path): "everybody may write to \(path): chmod o-w \(path)"
        case .writableByGroup(let path, let group):
            "group \(AccountDatabase.name(ofGroup: group)) may write to \(path): chmod g-w \(path)"
        case .readableByOthers(let path): "others may read \(path): chmod go-rwx \(path)"
        case .otherNames(let path): "\(path) has other names (hard links)"
        case .link(let path): "\(path) is a link"
        case .tooManyLinks(let path): "\(path) leads over more links than are followed"
        }
    }
}

extension FileStatus.Kind {
    /// The kind with its article.
    package var words: String {
        switch self {
        case .regular: "a file"
        case .directory: "a directory"
        case .socket: "a socket"
        case .link: "a link"
        case .other: "a device or pipe"
        }
    }
}
