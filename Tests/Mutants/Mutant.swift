/// Which mistake is made now; 0 for none. Set between runs, never during one.
package enum Mutant {
    nonisolated(unsafe) package static var active = 0

    package static func on(_ number: Int) -> Bool { active == number }
}
