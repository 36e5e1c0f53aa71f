internal import Platform
package import PromotionCore

/// Names of accounts and groups, safe to show.
package enum AccountNames {
    /// The name of a user; "uid 1234" where the databases have none.
    package static func name(ofUser userID: UInt32) -> SafeText { SafeText(AccountDatabase.name(ofUser: userID)) }

    /// The number of a group; `nil` if there is none of this name.
    static func number(ofGroup name: String) -> UInt32? { AccountDatabase.number(ofGroup: name) }

    /// The name of a group; "gid 1234" where the databases have none.
    static func name(ofGroup groupID: UInt32) -> SafeText { SafeText(AccountDatabase.name(ofGroup: groupID)) }

    /// The name that this host calls itself.
    package static var host: SafeText { SafeText(AccountDatabase.host) }
}
