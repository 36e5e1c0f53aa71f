internal import PromotionCore

extension Endpoint {
    /// The URL of a path on this endpoint; a host that is an IPv6 address stands in brackets (RFC 3986, 3.2.2).
    func url(_ path: String) -> String {
        let host = host.contains(":") ? "[\(host)]" : host
        return "http://\(host):\(port)\(path.hasPrefix("/") ? "" : "/")\(path)"
    }
}
