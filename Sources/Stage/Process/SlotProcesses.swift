internal import Platform
internal import PromotionCore

/// Starts, finds and ends the slot processes of a stage directory.
struct SlotProcesses: Sendable {
    let directory: StageDirectory
    let executable: StageExecutable

    /// For a started process to say that it listens.
    private static let startLimit = Duration.seconds(10)
    /// For a process to drain: its own bound of five seconds, and a little.
    private static let drainLimit = Duration.seconds(6)

    /// The instance of this token; nil where it has no file.
    func instance(_ token: InstanceToken) throws(StageError) -> StageInstance? {
        try StageFile.decode(StageInstance.self, from: directory.instanceFile(token))
    }

    /// Every instance that has a readable file.
    func all() -> [StageInstance] {
        ((try? DurableFile.names(in: directory.instances, suffix: ".json")) ?? []).compactMap { name in
            InstanceToken(name.dropLast(5)).flatMap { try? instance($0) }
        }
    }

    /// Starts a process for this image and waits until it answers as this image.
    /// - Throws: `Fault.broke`; nothing is left running then.
    func start(
        _ image: PinnedImage, _ configuration: ImageConfiguration, in slot: SlotName, of place: Place
    ) async throws(Fault) -> StageInstance {
        let instance = StageInstance(
            token: InstanceToken(), place: place, slot: slot, image: image,
            version: configuration.labels["org.opencontainers.image.version"] ?? "unversioned",
            behaviour: SlotBehaviour(configuration))
        let file = directory.instanceFile(instance.token)
        let number: Int32
        do throws(StageError) {
            try StageFile.encode(instance, to: file)
            number = try executable.start(
                ["stage-slot", "--file", file], log: directory.instanceLog(place, slot))
        } catch {
            try? StageFile.remove(file)
            throw error.fault
        }
        if let listening = await listening(instance.token, number: number) { return listening }
        if let process = ProcessIdentity(running: number) { await process.end(patience: .milliseconds(500)) }
        try? StageFile.remove(file)
        let log = directory.instanceLog(place, slot)
        throw Fault(.broke, "the process for \(image.digest.short()) in slot \(slot) did not come up; see \(log)")
    }

    /// Ends an instance and forgets it.
    func end(_ instance: StageInstance) async {
        await instance.process?.end(patience: Self.drainLimit)
        try? StageFile.remove(directory.instanceFile(instance.token))
    }

    private func listening(_ token: InstanceToken, number: Int32) async -> StageInstance? {
        let deadline = ContinuousClock.now + Self.startLimit
        while ContinuousClock.now < deadline {
            if let instance = try? instance(token), let port = instance.port,
                let answer = try? await LoopbackClient.get("/version", port: port), answer.digest == instance.image.digest
            {
                return instance
            }
            UnwaitedChildren.collect()
            guard ProcessIdentity(running: number) != nil else { return nil }
            do { try await Task.sleep(for: .milliseconds(5)) } catch { return nil }
        }
        return nil
    }
}
