/// Amounts of bytes.
package enum ByteCount {
    /// The sum of sizes that others announce: none that they can think of is too large to be added.
    package static func sum(_ sizes: some Sequence<Int64>) -> Int64 {
        sizes.reduce(0) { sum, size in
            let (total, isTooLarge) = sum.addingReportingOverflow(size)
            return isTooLarge ? .max : total
        }
    }

    /// Bytes as people read them: `312 B`, `4.2 kB`, `12.4 MB`, in powers of 1,000.
    package static func words(_ bytes: Int64) -> String {
        let units = [(1_000_000_000_000 as Int64, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")]
        for (unit, name) in units where bytes >= unit {
            let tenths = bytes / (unit / 10)
            return tenths >= 1_000 ? "\(tenths / 10) \(name)" : "\(tenths / 10).\(tenths % 10) \(name)"
        }
        return "\(bytes) B"
    }
}
