internal import ArgumentParser
internal import PromotionCore

extension Name: ExpressibleByArgument {
    package init?(argument: String) {
        guard let name = try? Name(argument) else { return nil }
        self = name
    }
}

extension Strategy: ExpressibleByArgument {}

extension Milliseconds: ExpressibleByArgument {
    package init?(argument: String) { self.init(parsing: argument) }
}

extension PromotionNumber: ExpressibleByArgument {
    package init?(argument: String) {
        guard let number = Int64(argument), number > 0 else { return nil }
        self.init(number)
    }
}
