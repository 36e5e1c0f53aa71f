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
}
