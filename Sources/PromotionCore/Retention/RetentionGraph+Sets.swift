extension RetentionGraph {
    /// The least set that contains the roots and, with each digest, its children, its referrers and its subject.
    struct Protection {
        private(set) var holds: [Bool]
        /// Which node reached each; itself for a root.
        private(set) var cause: [Node]

        init(count: Int) {
            holds = [Bool](repeating: false, count: count)
            cause = [Node](repeating: -1, count: count)
        }

        subscript(node: Node) -> Bool { holds[Int(node)] }

        /// Adds roots and everything that hangs together with them.
        mutating func add(_ roots: [Node], in graph: RetentionGraph) {
            var work: [Node] = []
            for root in roots where !holds[Int(root)] {
                holds[Int(root)] = true
                cause[Int(root)] = root
                work.append(root)
            }
            while let node = work.popLast() {
                for neighbours in [graph.below[node], graph.subjects[node]] {
                    for next in neighbours where !holds[Int(next)] {
                        holds[Int(next)] = true
                        cause[Int(next)] = node
                        work.append(next)
                    }
                }
            }
        }
    }

    /// A digest and every index above it.
    func withIndexes(above node: Node) -> [Node] {
        var found = [node]
        var seen: Set<Node> = [node]
        var next = 0
        while next < found.count {
            for parent in parents[found[next]] where seen.insert(parent).inserted { found.append(parent) }
            next += 1
        }
        return found
    }

    /// These and everything whose being wanted would keep one of them: what is above them, and what refers to them.
    func keepers(of nodes: some Sequence<Node>) -> [Node] {
        var found = Array(nodes)
        var seen = Set(found)
        var next = 0
        while next < found.count {
            let node = found[next]
            let referrers = below[node].filter { subjects[$0].contains(node) }
            for keeper in Array(above[node]) + referrers where seen.insert(keeper).inserted { found.append(keeper) }
            next += 1
        }
        return found
    }

    /// The greatest part of what the seeds reach that holds together: nothing protected, nothing that a tag outside or
    /// a parent outside is tied to.
    /// - Parameters:
    ///   - mayGo: whether a tag, by its number, is one that may go.
    ///   - leaving: digests that are not here any more, and that what hangs on them shall follow.
    func doomed(from seeds: [Node], protected: Protection, mayGo: [Bool], leaving: Set<Digest>) -> [Bool] {
        var isDoomed = [Bool](repeating: false, count: count)
        var reached: [Node] = []
        for seed in seeds where !protected[seed] && !isDoomed[Int(seed)] {
            isDoomed[Int(seed)] = true
            reached.append(seed)
        }
        var next = 0
        while next < reached.count {
            for below in below[reached[next]] where !protected[below] && !isDoomed[Int(below)] {
                isDoomed[Int(below)] = true
                reached.append(below)
            }
            next += 1
        }
        var work = reached.filter { isTied($0, isDoomed, mayGo, leaving) }
        while let node = work.popLast() {
            guard isDoomed[Int(node)] else { continue }
            isDoomed[Int(node)] = false
            work.append(contentsOf: below[node].filter { isDoomed[Int($0)] })
        }
        return isDoomed
    }

    /// Whether a tag that stays names it, or something that stays is above it.
    private func isTied(_ node: Node, _ isDoomed: [Bool], _ mayGo: [Bool], _ leaving: Set<Digest>) -> Bool {
        if above[node].contains(where: { !isDoomed[Int($0)] }) { return true }
        return tagsOf[node].contains { tag in
            if mayGo[Int(tag)] { return false }
            guard case .attached(let subject) = classes[Int(tag)] else { return true }
            guard let number = numbers[subject] else { return !leaving.contains(subject) }
            return !isDoomed[Int(number)]
        }
    }

    /// Everything that nodes reach downwards, themselves included.
    func reach(of nodes: [Node]) -> [Node] {
        var found = nodes
        var seen = Set(nodes)
        var next = 0
        while next < found.count {
            for below in below[found[next]] where seen.insert(below).inserted { found.append(below) }
            next += 1
        }
        return found
    }

    /// Everything that nodes reach downwards within a set, themselves included.
    func reach(of nodes: some Sequence<Node>, within set: [Bool]) -> [Bool] {
        var isReached = [Bool](repeating: false, count: count)
        var work = nodes.filter { set[Int($0)] }
        for node in work { isReached[Int(node)] = true }
        while let node = work.popLast() {
            for below in below[node] where set[Int(below)] && !isReached[Int(below)] {
                isReached[Int(below)] = true
                work.append(below)
            }
        }
        return isReached
    }

    /// The nodes of a set, those above before those below; a cycle is cut where it is entered.
    func topDown(_ set: [Bool]) -> [Node] {
        var order: [Node] = []
        var state = [UInt8](repeating: 0, count: count)
        for root in 0..<Node(count) where set[Int(root)] && state[Int(root)] == 0 {
            var path: [(node: Node, rest: ArraySlice<Node>)] = [(root, below[root])]
            state[Int(root)] = 1
            while let last = path.last {
                guard let next = last.rest.first else {
                    order.append(last.node)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].rest.removeFirst()
                guard set[Int(next)], state[Int(next)] == 0 else { continue }
                state[Int(next)] = 1
                path.append((next, below[next]))
            }
        }
        return order.reversed()
    }
}
