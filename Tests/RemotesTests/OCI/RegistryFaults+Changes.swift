import PromotionCore
import Remotes

extension RegistryFaultCase {
    private static func list(_ text: String, _ fields: [String: String] = [:]) -> ScriptedRegistry.Script {
        { request, _ in FaultWorld.isList(request) ? .json(200, text, fields) : nil }
    }

    /// Lies of lists.
    static let lists: [RegistryFaultCase] = [
        .init(
            "a page that leads back to itself", .list, does: "has no list", says: "back to itself",
            list(#"{"tags":["a"]}"#, ["Link": #"</v2/shop/payments/tags/list?n=1000>; rel="next""#])),
        .init("pages without end", .list, does: "has no list", says: "more than 20 pages") { request, contents in
            let link = #"</v2/shop/payments/tags/list?last=\#(contents.requests.count)>; rel="next""#
            return FaultWorld.isList(request) ? .json(200, #"{"tags":["t\#(contents.requests.count)"]}"#, ["Link": link]) : nil
        },
        .init(
            "a next page of another repository", .list, does: "does not go there", says: "leads back",
            list(#"{"tags":["a"]}"#, ["Link": #"</v2/other/tags/list?last=a>; rel="next""#])),
        .init("a second page that fails", .list, does: "has no list rather than half of one", says: "failed") { request, _ in
            guard FaultWorld.isList(request) else { return nil }
            if request.path.contains("last=") { return .error(500, "UNKNOWN") }
            return .json(200, #"{"tags":["a"]}"#, ["Link": #"</v2/shop/payments/tags/list?last=a>; rel="next""#])
        },
        .init("full pages, and no word of a next one", .list, does: "goes on until nothing is new", says: "1500 tags") {
            request, _ in
            guard FaultWorld.isList(request) else { return nil }
            let range = request.path.contains("last=") ? 1_000..<1_500 : 0..<1_000
            return .json(200, #"{"tags":[\#(range.map { "\"t\($0)\"" }.joined(separator: ","))]}"#)
        },
        .init("everything at once, whatever was asked, twice", .list, does: "counts each name once", says: "1000 tags") {
            request, _ in
            FaultWorld.isList(request)
                ? .json(200, #"{"tags":[\#((0..<1_000).map { "\"t\($0)\"" }.joined(separator: ","))]}"#) : nil
        },
        .init("null for no tags", .list, does: "reads none", says: "0 tags", list(#"{"name":"shop/payments","tags":null}"#)),
        .init(
            "a name with escape sequences", .list, does: "keeps it apart and shows it as text", says: "\\u{1b}[31m",
            list(#"{"tags":["\u001b[31mred","prod"]}"#)),
        .init("names of any length", .list, does: "has no list", says: "more than 100000 bytes") { request, contents in
            let link = #"</v2/shop/payments/tags/list?last=\#(contents.requests.count)>; rel="next""#
            let name = "\(contents.requests.count)" + String(repeating: "x", count: 60_000)
            return FaultWorld.isList(request) ? .json(200, #"{"tags":["\#(name)"]}"#, ["Link": link]) : nil
        },
        .init("a list that is no JSON", .list, does: "has no list", says: "no JSON", list("<html>")),
        .init("a referrer that refers to something else", .referrers, does: "leaves it out", says: "0 referrers") { request, _ in
            guard request.rest.hasPrefix("referrers/") else { return nil }
            let entry = SampleImage.entry(FaultWorld.other.top)
            return FaultWorld.document(
                #"{"schemaVersion":2,"mediaType":"\#(MediaType.ociIndex.text)","manifests":[\#(entry),\#(entry)]}"#, .ociIndex)
        },
        .init("500 where referrers are listed", .referrers, does: "never takes it for none", says: "failed") { request, _ in
            request.rest.hasPrefix("referrers/") ? .error(500, "UNKNOWN") : nil
        },
    ]

    /// A registry that says no to the move, in its own words, and leaves the tag as it is.
    private static func refusal(_ what: String, _ status: Int, _ code: String, _ message: String) -> RegistryFaultCase {
        .init(what, .move, does: "changes nothing, and gives the registry's words", says: "\(code) · \(message)") { request, _ in
            FaultWorld.isPut(request) ? .error(status, code, message) : nil
        }
    }

    /// Lies about changes.
    static let changes: [RegistryFaultCase] = [
        .init(
            "201, and the tag names the old image still", .move, does: "reads again, then stops",
            says: "lost: prod names the old image"
        ) {
            request, _ in FaultWorld.isPut(request) ? .answer(201) : nil
        },
        .init(
            "201, and somebody else's image a moment later", .move, does: "does not fight for the tag",
            says: "lost: prod names a third image"
        ) {
            request, contents in
            guard FaultWorld.isPut(request) else { return nil }
            contents.tags["prod"] = FaultWorld.other.top.digest
            return .answer(201)
        },
        .init("201 from a copy that is behind for one read", .move, does: "reads again", says: "moved") { request, contents in
            guard request.method == "GET", request.rest == "manifests/prod", FaultWorld.times(request, contents) == 1,
                let document = contents.documents[FaultWorld.old.top.digest]
            else { return nil }
            return .answer(200, ["Content-Type": document.mediaType.text], body: document.bytes)
        },
        .init("a broken connection after the tag was put", .move, does: "reads the tag: it was done", says: "moved") {
            request, contents in
            guard FaultWorld.isPut(request) else { return nil }
            contents.tags["prod"] = FaultWorld.new.top.digest
            return .reset
        },
        .init(
            "a broken connection before the tag was put", .move, does: "reads the tag twice, then puts it once more",
            says: "moved"
        ) {
            request, contents in FaultWorld.isPut(request) && FaultWorld.times(request, contents) == 1 ? .reset : nil
        },
        .init("no answer to the change, each time", .move, does: "stops after two: nobody knows", says: "unknown: ") {
            request, _ in
            FaultWorld.isPut(request) ? .silence : nil
        },
        .init(
            "the tag names something else than planned", .move, does: "changes nothing",
            says: "conflict: prod names a third image"
        ) {
            request, contents in
            contents.tags["prod"] = FaultWorld.other.top.digest
            return nil
        },
        .init("412", .move, does: "reads what the tag names", says: "conflict: prod names a third image") { request, contents in
            guard FaultWorld.isPut(request) else { return nil }
            contents.tags["prod"] = FaultWorld.other.top.digest
            return .error(412, "PRECONDITION")
        },
        refusal(
            "412, a rule keeps the tag (Harbor)", 412, "PRECONDITION",
            "Failed to process request due to 'payments:prod' configured as immutable."),
        refusal(
            "400, the tag is immutable there (ECR)", 400, "TAG_INVALID",
            "The image tag 'prod' already exists in the 'payments' repository and cannot be overwritten because the repository is immutable."
        ),
        refusal(
            "403, no right to overwrite (Artifactory)", 403, "MANIFEST_INVALID", "manifest invalid: HTTP 403 Forbidden"),
        refusal("403, the tag is protected (GitLab)", 403, "DENIED", "requested access to the resource is denied"),
        refusal("409, the tag exists (Artifactory, Nexus)", 409, "MANIFEST_INVALID", "the tag exists and cannot be overwritten"),
        refusal("409, the tag is immutable there (Quay)", 409, "TAG_IMMUTABLE", "tag is immutable and cannot be overwritten"),
        .init(
            "400, and a third image under the tag", .move, does: "reads what the tag names",
            says: "conflict: prod names a third image"
        ) {
            request, contents in
            guard FaultWorld.isPut(request) else { return nil }
            contents.tags["prod"] = FaultWorld.other.top.digest
            return .error(400, "TAG_INVALID", "the tag is immutable")
        },
        .init("403, and the new image under the tag", .move, does: "reads what the tag names", says: "moved") {
            request, contents in
            guard FaultWorld.isPut(request) else { return nil }
            contents.tags["prod"] = FaultWorld.new.top.digest
            return .error(403, "DENIED", "requested access to the resource is denied")
        },
        .init("405, a cache of another registry", .move, does: "changes nothing", says: "takes no changes") { request, _ in
            FaultWorld.isPut(request) ? .error(405, "UNSUPPORTED") : nil
        },
        .init("503, read-only for maintenance", .move, does: "changes nothing", says: "takes no changes") { request, _ in
            FaultWorld.isPut(request) ? .error(503, "UNAVAILABLE", "read-only") : nil
        },
        .init("429 at the change", .move, does: "changes nothing, and does not put it blindly again", says: "429") { request, _ in
            FaultWorld.isPut(request) ? .error(429, "TOOMANYREQUESTS", "slow down", ["Retry-After": "1"]) : nil
        },
        .init("201 with another digest", .move, does: "reads what the tag names", says: "moved") { request, contents in
            guard FaultWorld.isPut(request) else { return nil }
            contents.tags["prod"] = FaultWorld.new.top.digest
            return .answer(201, ["Docker-Content-Digest": "\(FaultWorld.other.top.digest)"])
        },
        .init("405 at the deletion of a tag", .deleteTag, does: "never deletes the digest instead", says: "never deleted instead")
        { _, _ in nil },
        .init("202 at the deletion of a tag that stays", .deleteTag, does: "says so", says: "by now") { request, _ in
            request.method == "DELETE" ? .answer(202) : nil
        },
    ]

    static let all = documents + connections + lists + changes
}
