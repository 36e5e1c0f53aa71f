import PromotionCore
import Settings
import Stage
import Testing

@Suite struct StageConfigurationTests {
    @Test(arguments: [Strategy.blueGreen, .canary])
    func `the stage's configuration file says what the stage runs`(strategy: Strategy) throws {
        let read = Settings.read(
            yaml: Stage.configuration(prod: strategy) + "\n", file: "baton.yaml", architecture: Platform.host.architecture.text)
        #expect(try read.get().services.map(\.service) == Stage.services(prod: strategy))
    }

    @Test func `a stage of two services has a joint set of both`() throws {
        let read = try Settings.read(
            yaml: Stage.configuration(prod: .blueGreen, services: 2), file: "baton.yaml",
            architecture: Platform.host.architecture.text
        ).get()
        #expect(read.services.map(\.service.name) == [.literal("payments"), .literal("orders")])
        #expect(read.jointSets == [JointSet(name: .literal("shop"), services: [.literal("payments"), .literal("orders")])])
    }
}
