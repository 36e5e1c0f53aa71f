internal import Platform
internal import PromotionCore

/// One environment of one service on the stage: its slots' records, its fence, and its row in the router's table.
struct StagePlace: Sendable {
    let place: Place
    /// In the configuration's order; one for an environment that replaces.
    let slots: [SlotName]
    let directory: StageDirectory
    let processes: SlotProcesses
    let router: StageRouter
    let registry: any Registry

    /// Does a change alone, in this process and in others, if its fence is not older than one that has been seen.
    func change<Value: Sendable>(
        under fence: Fence, _ work: () async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        let lock = try await taken()
        defer { lock.release() }
        let seen = try seenFence()
        if let seen, fence < seen {
            throw Fault(
                .refused, "fence \(fence) for \(place) is older than \(seen), which has been seen: another lease holds it by now")
        }
        do throws(StageError) {
            if seen != fence { try StageFile.encode(FenceRecord(fence: fence), to: directory.fenceFile(place)) }
        } catch { throw error.fault }
        return try await work()
    }

    /// Keeps a fence as seen without a change of its own.
    func bar(before fence: Fence) async throws(Fault) { try await change(under: fence) { () async throws(Fault) in } }

    /// The highest fence seen; nil where none was.
    func seenFence() throws(Fault) -> Fence? {
        do throws(StageError) {
            return try StageFile.decode(FenceRecord.self, from: directory.fenceFile(place))?.fence
        } catch { throw error.fault }
    }

    /// What a slot is to run; nil where it has never been said.
    func record(_ slot: SlotName) throws(Fault) -> SlotRecord? {
        guard slots.contains(slot) else { throw Fault(.refused, "\(place) has no slot \(slot)") }
        do throws(StageError) { return try StageFile.decode(SlotRecord.self, from: directory.slotFile(place, slot)) } catch {
            throw error.fault
        }
    }

    func keep(_ record: SlotRecord, of slot: SlotName) throws(Fault) {
        do throws(StageError) {
            try directory.make(place)
            try StageFile.encode(record, to: directory.slotFile(place, slot))
        } catch { throw error.fault }
    }

    /// The process that runs in a slot; nil where none does.
    func running(_ slot: SlotName) throws(Fault) -> StageInstance? {
        guard let token = try record(slot)?.instance else { return nil }
        do throws(StageError) {
            guard let instance = try processes.instance(token), let process = instance.process, process.isAlive else {
                return nil
            }
            return instance
        } catch { throw error.fault }
    }

    private func taken() async throws(Fault) -> FileLock {
        let deadline = ContinuousClock.now + .seconds(30)
        repeat {
            do throws(StageError) {
                try directory.make(place)
                if let lock = try StageFile.lock(directory.lockFile(place)) { return lock }
            } catch { throw error.fault }
            do { try await Task.sleep(for: .milliseconds(5)) } catch {
                throw Fault(.broke, "stopped while waiting for another change of \(place)")
            }
        } while ContinuousClock.now < deadline
        throw Fault(.broke, "another change of \(place) has been under way for 30 s")
    }
}
