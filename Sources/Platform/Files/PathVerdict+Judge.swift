extension PathVerdict {
    /// Links that are followed on one way, as many as the kernel follows (path_resolution(7)).
    private static let linkLimit = 40

    /// Judges a path: owner, mode, links, and every directory above it.
    ///
    /// The walk begins at the root and looks at each part by itself. What is above a part must be such that nobody but the owners
    /// could have given that part its name: a directory of theirs that no one else may write to, or one like `/tmp` in which only
    /// the owner of a name may take it away (the sticky bit, inode(7)), with a part that is theirs. A link on the way is followed if
    /// it is theirs, and its own way is judged too; at the end of the path there may be none.
    ///
    /// The answer is of the moment: it lasts because only the owners can change what it rests on.
    package static func judge(_ path: String, _ demand: PathDemand) -> PathVerdict {
        var walk = Walk(demand)
        do throws(Stop) { return try walk.judge(path) } catch {
            return switch error {
            case .missing: .missing
            case .objection(let objection): .distrusted(objection)
            case .fault(let fault): .unknown(fault)
            }
        }
    }

    fileprivate enum Stop: Error {
        case missing
        case objection(PathObjection)
        case fault(SystemFault)
    }

    fileprivate struct Walk {
        let demand: PathDemand
        private var links = 0

        init(_ demand: PathDemand) { self.demand = demand }

        mutating func judge(_ path: String) throws(Stop) -> PathVerdict {
            let whole = path.hasPrefix("/") ? path : Directories.current + "/" + path
            var way = demand.reach == .itself ? whole : try enter(PathText.directory(of: whole))
            if demand.reach == .everyParent { way = join(way, PathText.name(of: whole)) }
            let status = try look(way)
            guard status.kind != .link else { throw .objection(.link(path: way)) }
            guard status.kind == demand.kind else {
                throw .objection(.wrongKind(path: way, found: status.kind, wanted: demand.kind))
            }
            try judgeEnd(status, way)
            return .trusted(status)
        }

        /// Walks to a directory.
        /// - Returns: its path without links.
        private mutating func enter(_ path: String) throws(Stop) -> String {
            var way = "/"
            try judgeParent(try look(way), way)
            var rest = path.split(separator: "/").map(String.init)
            while !rest.isEmpty {
                let part = rest.removeFirst()
                if part == "." { continue }
                if part == ".." {
                    way = PathText.directory(of: way)
                    continue
                }
                let next = join(way, part)
                let status = try look(next)
                guard status.kind == .link else {
                    try judgeParent(status, next)
                    way = next
                    continue
                }
                guard demand.owners.contains(status.owner) else { throw .objection(.link(path: next)) }
                links += 1
                guard links <= PathVerdict.linkLimit else { throw .objection(.tooManyLinks(path: path)) }
                guard let target = SymbolicLink.target(of: next) else {
                    throw .fault(SystemFault("read the link", next, .link))
                }
                if target.hasPrefix("/") { way = "/" }
                rest = target.split(separator: "/").map(String.init) + rest
            }
            return way
        }

        private func look(_ path: String) throws(Stop) -> FileStatus {
            do throws(SystemFault) { return try FileStatus(path, links: .itself) } catch {
                throw error.isMissing ? .missing : .fault(error)
            }
        }

        /// What holds for a directory on the way. In a sticky one each part is judged by its owner, which is asked for anyway.
        private func judgeParent(_ status: FileStatus, _ path: String) throws(Stop) {
            guard status.kind == .directory else {
                throw .objection(.wrongKind(path: path, found: status.kind, wanted: .directory))
            }
            try judgeOwner(status, path)
            guard !status.isSticky else { return }
            if status.isWritableByOthers { throw .objection(.writableByOthers(path: path)) }
            if status.isWritableByGroup { throw .objection(.writableByGroup(path: path, group: status.group)) }
        }

        private func judgeEnd(_ status: FileStatus, _ path: String) throws(Stop) {
            try judgeOwner(status, path)
            if status.kind == .regular && status.nameCount > 1 { throw .objection(.otherNames(path: path)) }
            if status.isWritableByOthers { throw .objection(.writableByOthers(path: path)) }
            if status.isWritableByGroup && status.group != demand.writingGroup {
                throw .objection(.writableByGroup(path: path, group: status.group))
            }
            guard demand.privacy == .notReadable else { return }
            let groups: UInt32 = demand.writingGroup == status.group ? 0o007 : 0o077
            if status.mode & groups != 0 { throw .objection(.readableByOthers(path: path)) }
        }

        private func judgeOwner(_ status: FileStatus, _ path: String) throws(Stop) {
            guard demand.owners.contains(status.owner) else {
                throw .objection(.foreignOwner(path: path, owner: status.owner))
            }
        }

        private func join(_ directory: String, _ name: String) -> String {
            directory == "/" ? "/" + name : directory + "/" + name
        }
    }
}
