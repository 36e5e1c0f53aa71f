import PromotionCore
import Remotes

/// A probe of its own client, closed at the end.
func withProbe<Value>(_ body: (HTTPProbe) async throws -> Value) async throws -> Value {
    let http = OutboundHTTP()
    let probe = HTTPProbe(http: http) { Timestamp(millisecondsSinceEpoch: 1_000) }
    do {
        let value = try await body(probe)
        await http.close()
        return value
    } catch {
        await http.close()
        throw error
    }
}

/// An image that only has a digest.
let expected = DigestSet(top: Digest(of: "expected".utf8), members: [])

func check(_ kind: CheckSpecification.Kind, timeout: Milliseconds = .seconds(10)) -> CheckSpecification {
    CheckSpecification(name: .literal("sample"), kind: kind, timeout: timeout)
}

func httpCheck(_ path: String = "/ready", holding text: String? = nil, timeout: Milliseconds = .seconds(10)) -> CheckSpecification
{
    check(.http(path: path, status: 200, maximumLatency: nil, bodyContains: text), timeout: timeout)
}

extension Sample {
    /// The reason of a sample without an answer.
    var problem: String? {
        if case .none(let reason) = answer { return reason.text }
        return nil
    }
}

/// One sample of a server, and how long it took.
func sample(
    _ check: CheckSpecification, of server: RawServer
) async throws -> (sample: Sample, took: Duration) {
    try await withProbe { probe in
        let start = ContinuousClock.now
        let sample = await probe.sample(check, at: server.endpoint, expecting: expected)
        return (sample, ContinuousClock.now - start)
    }
}
