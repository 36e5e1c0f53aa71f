internal import PromotionCore

/// Reads the sets of services that are promoted as one.
enum JointReading {
    /// Most sets of one file.
    static let setLimit = 100

    static func sets(_ field: Field, _ services: [ConfiguredService]) -> [JointSet] {
        guard let pairs = field.pairs("joint") else { return [] }
        guard pairs.count <= setLimit else {
            field.refuse("joint has \(String(pairs.count)) sets", "at most \(String(setLimit)) are allowed")
            return []
        }
        return pairs.compactMap { set($0, services) }
    }

    private static func set(_ field: Field, _ services: [ConfiguredService]) -> JointSet? {
        let name = field.keyName(JointName.self)
        guard let items = field.items(limit: JointSet.most, "services") else { return nil }
        let members = items.compactMap { item in item.name(ServiceName.self).map { (item, $0) } }
        guard members.count == items.count else { return nil }
        guard members.count >= JointSet.fewest else {
            field.refuse(
                "the set has \(String(members.count)) services",
                "name at least \(String(JointSet.fewest)), in the order of their switches")
            return nil
        }
        var seen: Set<ServiceName> = []
        for (item, member) in members {
            if !seen.insert(member).inserted {
                item.refuse("\(member) is in the set twice", "name each service once")
            } else if !services.contains(where: { $0.service.name == member }) {
                let known = services.map(\.service.name.text).joined(separator: ", ")
                item.refuse("there is no service \"\(member)\"", "the file has \(SafeText(known, limit: 200))")
            }
        }
        return name.map { JointSet(name: $0, services: members.map(\.1)) }
    }
}
