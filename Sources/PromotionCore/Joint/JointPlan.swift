/// What somebody asks for: several promotions of one environment, in the order of their switches.
package struct JointRequest: Hashable, Sendable, Codable {
    /// The configured set; nil where the services were named one by one.
    package let set: JointName?
    package let members: [PromotionRequest]

    package init(set: JointName?, members: [PromotionRequest]) {
        self.set = set
        self.members = members
    }
}

/// The frozen plans of several promotions that succeed together or are undone together.
package struct JointPlan: Hashable, Sendable, Codable {
    package let set: JointName?
    package let environment: EnvironmentName
    /// In the order of their switches. Each waits at its commit point until it is its turn.
    package let members: [PromotionPlan]

    /// Names everything that was decided for all members; consent is given to it and holds only while all plans hold.
    package var hash: Digest { CanonicalJSON.digest(of: self) }

    /// Whether an environment of a service is one of the set.
    package func contains(_ place: Place) -> Bool { members.contains { $0.place == place } }
}

/// A joint plan, or every reason against it at once, member by member.
package struct JointAnswer: Hashable, Sendable, Codable {
    /// One member's own answer.
    package struct Member: Hashable, Sendable, Codable {
        package let place: Place
        package let answer: PlanAnswer

        package init(place: Place, answer: PlanAnswer) {
            self.place = place
            self.answer = answer
        }
    }

    /// Nil while anything stands against any member or against the set.
    package let plan: JointPlan?
    package let members: [Member]
    /// What concerns the members as a set.
    package let conditions: [Condition]

    /// Everything against it, each with the member that it concerns.
    package var objections: [Objection] {
        conditions.compactMap(\.objection)
            + members.flatMap { member in
                member.answer.objections.map {
                    Objection($0.kind, "\(member.place): \($0.reason)", remedy: $0.remedy, earliest: $0.earliest)
                }
            }
    }
}

extension JointPlan {
    /// Makes one plan of the answers to all members' requests.
    /// - Parameter answers: in the order of the request.
    package static func make(_ request: JointRequest, _ answers: [PlanAnswer], _ projection: Projection) -> JointAnswer {
        let members = zip(request.members, answers).map { JointAnswer.Member(place: $0.place, answer: $1) }
        let conditions = setConditions(request, projection) + members.compactMap(wayBack)
        let plans = answers.compactMap(\.plan).map(\.heldAtSwitch)
        let isWhole = conditions.allSatisfy { $0.objection == nil } && plans.count == request.members.count
        let plan = request.members.first.flatMap { first in
            isWhole ? JointPlan(set: request.set, environment: first.place.environment, members: plans) : nil
        }
        return JointAnswer(plan: plan, members: members, conditions: conditions)
    }

    private static func setConditions(_ request: JointRequest, _ projection: Projection) -> [Condition] {
        let places = request.members.map(\.place)
        guard (JointSet.fewest...JointSet.most).contains(places.count), Set(places).count == places.count,
            Set(places.map(\.environment)).count == 1
        else {
            return [
                Condition(
                    "set",
                    .unmet(
                        .init(
                            .unknownPlace, "\(places.count) promotions of \(Set(places.map(\.environment)).count) environments",
                            remedy: "name \(JointSet.fewest) to \(JointSet.most) different services and one environment")))
            ]
        }
        let holders = places.compactMap { place in projection.joint(holding: place).map { (place, $0) } }
        guard let (place, joint) = holders.first else {
            return [Condition("set", .met(SafeText(places.map(\.service.text).joined(separator: ", then "), limit: 500)))]
        }
        return [
            Condition(
                "set",
                .unmet(
                    .init(
                        .busy, "joint release \(joint.number) holds \(place): \(joint.state.words)",
                        remedy: "wait for its end, or undo it")))
        ]
    }

    /// A set without a way back for each member could not be undone together.
    private static func wayBack(of member: JointAnswer.Member) -> Condition? {
        guard let plan = member.answer.plan, plan.wayBack == nil else { return nil }
        return Condition(
            "way back",
            .unmet(
                .init(
                    .noWayBack, "\(member.place) has no release to go back to: the set could not be undone together",
                    remedy: "promote its first release alone")))
    }
}

extension PromotionPlan {
    /// The plan of a member: it does not switch by itself.
    package var heldAtSwitch: PromotionPlan {
        var plan = self
        plan.switching = .manual
        return plan
    }
}

extension PlanAnswer {
    /// The answer as a member of a joint release is given it.
    package var heldAtSwitch: PlanAnswer { PlanAnswer(plan: proposed?.heldAtSwitch, conditions: conditions).with(change) }
}
