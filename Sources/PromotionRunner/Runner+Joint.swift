internal import Logging
internal import PromotionCore

extension Runner {
    /// The plans of all members, made now, as one.
    func planJoint(_ request: JointRequest) async -> JointAnswer {
        var answers: [PlanAnswer] = []
        for member in request.members.prefix(JointSet.most) { answers.append(await plan(member)) }
        return JointPlan.make(request, answers, board.projection)
    }

    /// Starts a joint release, unless anything moved since its plan was confirmed.
    func promoteJoint(_ request: JointRequest, _ hash: Digest, by account: Account) async -> Answer {
        let answer = await planJoint(request)
        guard let plan = answer.plan else { return .refused(answer.objections) }
        guard plan.hash == hash else {
            return .refused([
                .init(
                    .changed, "the world moved: the joint plan is now \(plan.hash.short()), confirmed was \(hash.short())",
                    remedy: "look at the plan again")
            ])
        }
        let number = board.projection.nextJoint
        do {
            try await record(.joint(number, .started(plan)), by: account) { projection in
                guard projection.nextJoint == number else {
                    return Objection(.changed, "another joint release was started at the same moment", remedy: "try again")
                }
                return plan.members.lazy.compactMap { Self.objection(to: .init(plan: $0, reason: nil), projection) }.first
            }
        } catch let refused as Refused {
            return .refused([refused.objection])
        } catch {
            return .broken("\(error)")
        }
        return .jointStarted(number)
    }

    /// Takes a whole set back.
    func undoJoint(_ number: JointNumber, _ reason: SafeText, by account: Account) async -> Answer {
        guard let joint = board.projection.joint(number) else {
            return .refused([.init(.unknownPlace, "there is no joint release \(number)", remedy: "see baton joint status")])
        }
        do {
            try await record(.joint(joint.number, .undoRequested(reason: reason)), by: account) { projection in
                projection.joint(number)?.objectionToUndo(projection)
            }
            return .accepted
        } catch let refused as Refused {
            return .refused([refused.objection])
        } catch let fault as PromotionFault {
            return .refused([.init(.changed, "\(fault)", remedy: "see baton joint status")])
        } catch {
            return .broken("\(error)")
        }
    }

    /// Makes true what joint releases call for, whenever something changed, and every few seconds what could not be.
    func followJoints() {
        observers.append(
            Task(executorPreference: time.executor) { [weak self, jointNews] in
                for await _ in jointNews.stream { await self?.driveJoints() }
            })
        observers.append(
            Task(executorPreference: time.executor) { [weak self, time] in
                while !Task.isCancelled {
                    await time.wait(.seconds(5))
                    await self?.nudgeJoints()
                }
            })
    }

    /// Says that something happened that a joint release may wait for.
    func nudgeJoints() {
        if board.projection.joints.contains(where: \.isUnderWay) { jointNews.continuation.yield() }
    }

    private func driveJoints() async {
        for number in board.projection.joints.filter(\.isUnderWay).map(\.number) {
            var tried: [JointEffect] = []
            while let joint = board.projection.joint(number),
                let effect = joint.pending.first(where: { !tried.contains($0) })
            {
                tried.append(effect)
                await perform(effect, of: joint)
            }
        }
    }

    private func perform(_ effect: JointEffect, of joint: JointRelease) async {
        let why: SafeText = "joint release \(joint.number): \(joint.failure ?? "it is its turn")"
        switch effect {
        case .memberStarted(let service):
            guard let member = joint.members.first(where: { $0.place.service == service }) else { return }
            let answer = await start(
                .init(plan: member.plan, reason: "joint release \(joint.number)", joint: joint.number), by: joint.startedBy)
            if case .refused(let objections) = answer { await refuse(service, objections, of: joint) }
        case .memberSwitched(let number): _ = await tell(number, .goOnRequested(reason: why), by: identity)
        case .memberStopped(let number): _ = await tell(number, .abortRequested(reason: why), by: identity)
        case .memberRolledBack(let number): _ = await tell(number, .rollbackRequested(reason: why), by: identity)
        case .memberUndone(let service, let goal): await undo(service, to: goal, of: joint, why)
        }
    }

    /// Looks before a member that cannot be undone is said to be stuck.
    private static let undoTries = 5

    private func undo(_ service: ServiceName, to goal: Digest, of joint: JointRelease, _ why: SafeText) async {
        let place = Place(service, joint.environment)
        await outrank(at: place, by: joint.startedBy)
        var objections: [Objection] = []
        for attempt in 1...Self.undoTries {
            let answer = await planRollback(of: place)
            objections = answer.objections
            if let plan = answer.plan, plan.release.digest == goal {
                switch await start(.init(plan: plan, reason: why, joint: joint.number), by: joint.startedBy) {
                case .refused(let found): objections = found
                default: return
                }
            } else if let plan = answer.plan {
                objections = [
                    .init(.noGoal, "the rollback goal is \(plan.release.digest.short()) by now", remedy: "roll it back by hand")
                ]
            }
            if attempt < Self.undoTries { await time.wait(.seconds(2)) }
        }
        await refuse(service, objections, of: joint)
    }

    private func refuse(_ service: ServiceName, _ objections: [Objection], of joint: JointRelease) async {
        let reason = objections.first?.reason ?? "it was refused"
        do {
            try await record(.joint(joint.number, .memberRefused(service, reason: reason)), by: identity)
        } catch {
            logger.warning("a refusal was not recorded", metadata: ["joint": "\(joint.number)", "error": "\(error)"])
        }
    }
}

/// Wakes whoever carries joint releases on.
struct JointNews: Sendable {
    let stream: AsyncStream<Void>
    let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }
}
