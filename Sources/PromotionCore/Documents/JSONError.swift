/// Where and why bytes are no JSON document that Baton reads.
package struct JSONError: Error, Equatable, CustomStringConvertible {
    /// In bytes from the beginning.
    package let offset: Int
    package let problem: Problem

    /// What is wrong there.
    package enum Problem: Equatable, Sendable {
        case expected(SafeText)
        case ended
        case notUTF8
        case loneSurrogate
        case nameTwice(SafeText)
        case tooDeep(limit: Int)
        case tooMany(limit: Int)
    }

    package var description: String {
        switch problem {
        case .expected(let what): "byte \(offset) is no JSON: expected \(what)"
        case .ended: "the JSON document ends too early, at byte \(offset)"
        case .notUTF8: "the text before byte \(offset) is not UTF-8"
        case .loneSurrogate: "the text before byte \(offset) holds half of a surrogate pair"
        case .nameTwice(let name): "the object before byte \(offset) has two members \"\(name)\""
        case .tooDeep(let limit): "byte \(offset) is nested deeper than \(limit) levels"
        case .tooMany(let limit): "the document holds more than \(limit) values"
        }
    }
}
