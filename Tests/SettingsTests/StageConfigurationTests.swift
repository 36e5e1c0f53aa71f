import PromotionCore
import Settings
import Stage
import Testing

@Suite struct StageConfigurationTests {
    @Test func `the stage's configuration file says what the stage runs`() throws {
        let read = Settings.read(
            yaml: Stage.configuration + "\n", file: "baton.yaml", architecture: Platform.host.architecture.text)
        #expect(try read.get().services.map(\.service) == Stage.services())
    }
}
