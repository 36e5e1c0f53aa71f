internal import PromotionCore
internal import PromotionRunner
internal import Remotes
internal import Settings

extension Composition {
    /// What is done after promotions: files of projects, webhooks, verification by the clock.
    /// - Throws: `Ended` where a webhook refers to what this version cannot read.
    /// - Parameter clients: takes the clients that were made for webhooks, which go through the proxies of the environment.
    func aftermath(_ clients: inout [OutboundHTTP]) throws(Ended) -> Aftermath {
        var projects: [ServiceName: Aftermath.Project] = [:]
        var verification: [Place: Milliseconds] = [:]
        for configured in installation.settings.services {
            let service = configured.service.name
            if let project = configured.project {
                projects[service] = Aftermath.Project(
                    checkout: ProjectCheckout(root: installation.path(project.directory)), paths: project.paths)
            }
            for (environment, interval) in configured.verification { verification[Place(service, environment)] = interval }
        }
        var receivers: [any Receiver] = []
        let http = OutboundHTTP(proxies: .environment)
        clients.append(http)
        for webhook in installation.settings.notifications { receivers.append(try receiver(webhook, http, &clients)) }
        return Aftermath(projects: projects, receivers: receivers, verification: verification)
    }

    private func receiver(
        _ webhook: WebhookSettings, _ http: OutboundHTTP, _ clients: inout [OutboundHTTP]
    ) throws(Ended) -> any Receiver {
        do throws(Fault) {
            var fields: [String: Webhook.Value] = [:]
            for (name, value) in webhook.fields { fields[name] = try Self.value(value) }
            let client = try webhook.authority.map { path throws(Fault) in
                try OutboundHTTP(authority: installation.path(path), of: "webhook", proxies: .environment)
            }
            if let client { clients.append(client) }
            return Webhook(
                name: SafeText(webhook.name, limit: 60), occasions: webhook.occasions, address: try Self.value(webhook.address),
                fields: fields, format: webhook.format, link: webhook.link, http: client ?? http)
        } catch {
            throw Ended(.usage, "notification \(SafeText(webhook.name, limit: 60)): \(error.reason)")
        }
    }

    private static func value(_ value: WebhookSettings.Value) throws(Fault) -> Webhook.Value {
        switch value {
        case .plain(let text): .plain(text)
        case .secret(let reference): .secret(try Registries.source(reference))
        }
    }
}
