internal import NIOCore
package import PromotionCore

/// The router's own port for one place of the stage, where its users come in.
package struct StageFront: Front {
    let place: StagePlace

    /// Where users come in; `nil` before the router has a port for the place.
    package func endpoint() async throws(Fault) -> Endpoint? {
        try await place.router.ask(.open(place: place.place)).table[place.place].map {
            Endpoint(host: "127.0.0.1", port: $0.port)
        }
    }

    /// The digest that a request through the port was answered with. The request counts as no traffic.
    package func answer() async throws(Fault) -> Digest {
        guard let port = try await endpoint()?.port else { throw Fault(.broke, "the router has no port for \(place.place)") }
        let answer: LoopbackClient.Answer
        do throws(LoopbackClient.Failure) {
            answer = try await LoopbackClient.get("/version", port: port, deadline: .seconds(1), isLook: true)
        } catch { throw Fault(.broke, SafeText(error.description)) }
        guard let digest = answer.digest else {
            throw Fault(.broke, "127.0.0.1:\(port) answered \(answer.status) without a digest")
        }
        return digest
    }
}
