import Simulation
import Testing

@Suite struct SimulationTests {
    @Test func `no seed breaks a promise`() {
        for seed in UInt64(1)...200 {
            let report = Episode.run(seed: seed)
            #expect(report.violations.isEmpty, "make simulate SEEDS=1 FROM=\(seed): \(report.violations.joined(separator: "; "))")
        }
    }

    @Test func `a seed can be repeated`() {
        for seed in UInt64(1)...10 {
            #expect(Episode.run(seed: seed).fingerprint == Episode.run(seed: seed).fingerprint)
        }
    }
}
