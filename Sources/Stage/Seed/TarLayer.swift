/// An uncompressed tar archive (POSIX.1-2017, pax, "ustar Interchange Format") whose bytes depend on its files alone.
enum TarLayer {
    /// The archive of these files, all owned by root and of the time 0.
    /// - Parameter files: paths of at most 100 bytes, and contents.
    static func archive(_ files: [(path: String, mode: Int, content: [UInt8])]) -> [UInt8] {
        var bytes: [UInt8] = []
        for file in files {
            bytes += header(file.path, mode: file.mode, size: file.content.count)
            bytes += file.content
            bytes += [UInt8](repeating: 0, count: (512 - file.content.count % 512) % 512)
        }
        return bytes + [UInt8](repeating: 0, count: 1_024)
    }

    private static func header(_ path: String, mode: Int, size: Int) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            for (position, byte) in text.utf8.enumerated() { block[offset + position] = byte }
        }
        put(String(path.prefix(99)), at: 0)
        put(octal(mode, digits: 7), at: 100)
        put(octal(0, digits: 7), at: 108)
        put(octal(0, digits: 7), at: 116)
        put(octal(size, digits: 11), at: 124)
        put(octal(0, digits: 11), at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar\u{0}00", at: 257)
        let sum = block.reduce(0) { $0 + Int($1) }
        put(octal(sum, digits: 6) + "\u{0} ", at: 148)
        return block
    }

    private static func octal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
