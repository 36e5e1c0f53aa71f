import Settings
import Testing

@Suite struct StateAtAGlanceTests {
    @Test(arguments: [
        ("version: 1\nstate: ./state\nservices:\n", "./state"),
        ("state:   /var/lib/baton\n", "/var/lib/baton"),
        ("version: 1\nservices:\n  state: inner\n", nil),
        ("state: one\nstate: two\n", nil),
        ("state: \"quoted\"\n", nil),
        ("state: here # why\n", nil),
        ("state:\n  folded\n", nil),
        ("state:\n", nil),
        ("states: many\nstate: ./state\n", nil),
        ("{version: 1, state: ./state}\n", nil),
        ("state: ./state\r\n", nil),
        ("state: ./state\nsocket: {path: /run/baton/agent.sock}\n", nil),
        ("state: ./state\n\"socket\": {path: /run/baton/agent.sock}\n", nil),
        ("state: ./state\nservices:\n  socket: {}\n", "./state"),
        ("", nil),
    ])
    func `the state directory is told at a glance only where it stands alone and plain`(_ yaml: String, _ state: String?) {
        #expect(Settings.stateAtAGlance(bytes: Array(yaml.utf8)) == state)
    }

    @Test func `a glance and the whole reading agree`() throws {
        let yaml = Settings.example.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix("socket:") }.joined(separator: "\n")
        let whole = try Settings.read(yaml: yaml, file: "example", architecture: "amd64").get()
        #expect(Settings.stateAtAGlance(bytes: Array(yaml.utf8)) == whole.state)
    }
}
