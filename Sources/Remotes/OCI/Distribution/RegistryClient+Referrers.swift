internal import NIOHTTP1
internal import PromotionCore

extension RegistryClient {
    /// What the referrers API lists for a digest; nil where the registry has no such API.
    func listedReferrers(to digest: Digest, in repository: RepositoryName) async throws(RegistryError) -> [Descriptor]? {
        let list = path(repository, "referrers/\(digest)")
        var next: String? = list
        var seen: Set<String> = []
        var found: [Descriptor] = []
        while let page = next {
            guard seen.insert(page).inserted else {
                throw .list("referrers: page \(SafeText(page, limit: 200)) leads back to itself")
            }
            guard seen.count <= 100, found.count <= 10_000 else {
                throw .list("\(digest.short()) has more referrers than are read")
            }
            var request = RegistryRequest.read(
                path: page, limit: ImageDocument.byteLimit, scopes: [.reading(repository)], limits)
            request.fields = [("accept", MediaType.ociIndex.text)]
            let answer = try await perform(request)
            switch answer.status {
            case 200: break
            // A registry that has the API never answers 404 (OCI distribution-spec, "Listing Referrers").
            case 404 where answer.errors.hidesForRight: throw .unproven(answer.errors)
            case 404 where seen.count == 1: return nil
            default: throw .unexpected(status: answer.status, words: answer.errors.words)
            }
            do {
                guard case .index(let index) = try ImageDocument(parsing: answer.body, as: answer.mediaType) else {
                    throw RegistryError.list("referrers: the answer is no index")
                }
                found += index.children
            } catch let error as ImageDocumentError {
                throw .document(error)
            } catch let error as RegistryError {
                throw error
            } catch {
                throw .list("referrers: unreadable")
            }
            next = nil
            if let link = LinkHeader.next(in: answer.fields["link"]) { next = try Self.page(link, of: list) }
        }
        return found
    }

    /// Whether the registry has the referrers API, asked with a digest that is nobody's.
    func hasReferrersAPI(in repository: RepositoryName) async throws(RegistryError) -> Bool {
        let nobody = try? Digest(parsing: "sha256:" + String(repeating: "0", count: 64))
        guard let nobody else { return false }
        return try await listedReferrers(to: nobody, in: repository) != nil
    }
}
