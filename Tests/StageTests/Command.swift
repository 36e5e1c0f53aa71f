internal import Glibc

/// Runs a program to its end.
enum Command {
    struct Failed: Error { let exit: Int32, output: String }

    /// What it wrote to standard output and error, at most 64 KiB.
    static func output(_ program: String, _ arguments: [String]) throws -> String {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Failed(exit: -1, output: "no pipe") }
        defer { close(ends[0]) }
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_adddup2(&files, ends[1], 1)
        posix_spawn_file_actions_adddup2(&files, ends[1], 2)
        posix_spawn_file_actions_addclose(&files, ends[0])
        let words = ([program] + arguments).map { strdup($0) }
        defer { for word in words { free(word) } }
        var number: pid_t = 0
        let started = posix_spawn(&number, program, &files, nil, words + [nil], environ)
        close(ends[1])
        guard started == 0 else { throw Failed(exit: started, output: "not started") }
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while output.count < 65_536 {
            let count = read(ends[0], &chunk, chunk.count)
            if count <= 0 { break }
            output += chunk[..<count]
        }
        var status: Int32 = 0
        waitpid(number, &status, 0)
        let text = String(decoding: output, as: UTF8.self)
        guard status == 0 else { throw Failed(exit: status, output: text) }
        return text
    }
}
