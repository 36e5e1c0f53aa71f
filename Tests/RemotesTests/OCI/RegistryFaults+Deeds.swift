import PromotionCore
import Testing

/// What the document says that Baton does, as it can be seen from the registry's side.
enum RegistryDeeds {
    typealias Seen = @Sendable (ScriptedRegistry.Contents) -> Bool

    /// Claims about how often something is asked, what is put and what is left alone, by their words in the document.
    static let claims: [String: Seen] = [
        "asks again": { $0.requests.count == 2 },
        "asks again, with growing pauses": { $0.requests.count == 4 },
        "gives up after 4 tries": { $0.requests.count == 4 },
        "waits, then asks again": { repeats($0, 2) },
        "tries again, then gives up": { repeats($0, 4) },
        "reports it instead of waiting": { $0.requests.count == 1 },
        "waits no longer than the deadline": { $0.requests.count == 1 },
        "asks twice before it believes": { repeats($0, 2) },
        "reads the bytes and hashes them": { $0.requests.map(\.method) == ["HEAD", "GET"] },
        "stops after 5": { $0.requests.count == 6 },
        "does not follow": { $0.requests.count == 1 },
        "asks once, then names the right": { $0.requests.count { $0.path.hasPrefix("/token") } == 1 },
        "does not send it": { $0.requests.allSatisfy { !$0.head.contains("X-Evil") && $0.field("authorization") == nil } },
        "sends no password there": { $0.requests.allSatisfy { $0.field("authorization") == nil } },
        "sends nothing there": { !$0.requests.contains { $0.method == "PUT" } },
        "does not go there": { !$0.requests.contains { $0.path.hasPrefix("/v2/other") } },
        "has no list": { $0.requests.allSatisfy { $0.method == "GET" } },
        "moves nothing": { puts($0) == 0 && names($0, FaultWorld.old) },
        "changes nothing": { puts($0) <= 1 && !names($0, FaultWorld.new) },
        "changes nothing, and does not put it blindly again": { puts($0) == 1 && names($0, FaultWorld.old) },
        "reads again": { puts($0) == 1 && names($0, FaultWorld.new) },
        "reads again, then stops": { puts($0) == 1 && names($0, FaultWorld.old) },
        "does not fight for the tag": { puts($0) == 1 && names($0, FaultWorld.other) },
        "reads the tag: it was done": { puts($0) == 1 && names($0, FaultWorld.new) },
        "reads the tag twice, then puts it once more": { puts($0) == 2 && looksBetween($0) >= 2 },
        "stops after two: nobody knows": { puts($0) == 2 && looksBetween($0) >= 2 },
        "never deletes the digest instead": {
            !$0.requests.contains { $0.method == "DELETE" && $0.rest.hasPrefix("manifests/sha256:") }
        },
    ]

    /// Whether some request came exactly so often.
    private static func repeats(_ contents: ScriptedRegistry.Contents, _ times: Int) -> Bool {
        contents.requests.contains { request in
            contents.requests.count { $0.method == request.method && $0.path == request.path } == times
        }
    }

    private static func puts(_ contents: ScriptedRegistry.Contents) -> Int { contents.requests.count(where: FaultWorld.isPut) }

    private static func names(_ contents: ScriptedRegistry.Contents, _ image: SampleImage) -> Bool {
        contents.tags["prod"] == image.top.digest
    }

    /// Looks at the tag after the first time that it was put and before the last.
    private static func looksBetween(_ contents: ScriptedRegistry.Contents) -> Int {
        let all = contents.requests
        guard let first = all.firstIndex(where: FaultWorld.isPut), let last = all.lastIndex(where: FaultWorld.isPut), first < last
        else { return 0 }
        return all[first..<last].count { $0.rest == "manifests/prod" && $0.method != "PUT" }
    }
}
