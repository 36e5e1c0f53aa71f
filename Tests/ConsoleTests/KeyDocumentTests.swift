import Console
import Fixtures
import Testing

@Suite struct KeyDocumentTests {
    @Test func `the published list of keys is the key map`() throws {
        let text = KeyTable.markdown
        #expect(try KeptText.document("keys.md").kept(writing: text) == text, "make docs writes it anew")
    }
}
