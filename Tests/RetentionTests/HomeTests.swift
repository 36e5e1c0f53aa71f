import Fixtures
import PromotionCore
import RetentionWorlds
import Testing

/// Environments that keep their images in a repository of their own.
@Suite struct HomeTests {
    private func lines(_ home: ImageHome) throws -> RetentionLines {
        let operation = RetentionOperation(seed: 1, service: Fixtures.service(home: home))
        operation.fill(12)
        operation.start()
        return try #require(operation.plan())
    }

    @Test func `a plan says which repository it leaves alone`() throws {
        let home = ImageHome(registry: "mirror.example:5000", repository: try RepositoryName("prod/payments"))
        let lines = try lines(home)
        #expect(lines.spared.count == 1 && lines.spared[0].text.contains("mirror.example:5000/prod/payments, the home of"))
        #expect(lines.refused.isEmpty && lines.count > 0)
    }

    @Test func `a repository that an environment keeps its images in is not cleaned`() throws {
        let lines = try lines(ImageHome(registry: "mirror.example:5000", repository: Fixtures.repository))
        #expect(lines.count == 0)
        #expect(lines.refused.contains { $0.reason.text.contains("keeps its images in a repository of this name") })
    }
}
