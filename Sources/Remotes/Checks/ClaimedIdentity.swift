internal import PromotionCore

/// Which digests an answer says are running behind it.
///
/// The header field `X-Baton-Digest` speaks first. Where it is absent, a member `digest` of a JSON body does, if the
/// answer is a success: an error page may come from something in between.
struct ClaimedIdentity {
    static let headerField = "X-Baton-Digest"
    /// Claims of one answer that are read.
    static let limit = 100

    let digests: [Digest]
    /// A claim that is no digest, for the evidence.
    let unreadable: SafeText?

    init(_ answer: HTTPAnswer) {
        var claims = answer.values(of: Self.headerField).flatMap { $0.split(separator: ",").map(Self.trimmed) }
        if claims.isEmpty, (200..<300).contains(answer.status), !answer.isCut,
            let claim = (try? JSONParser.parse(answer.body))?["digest"]?.text
        {
            claims = [claim]
        }
        claims = Array(claims.prefix(Self.limit))
        digests = claims.compactMap { try? Digest(parsing: $0) }
        unreadable = claims.first { (try? Digest(parsing: $0)) == nil }.map { SafeText($0, limit: 100) }
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
