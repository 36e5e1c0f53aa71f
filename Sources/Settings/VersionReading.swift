internal import PromotionCore

/// Reads the section `versions` of a service: how its candidates and releases are written.
enum VersionReading {
    static func scheme(_ field: Field) -> TagScheme? {
        guard let items = field.items(limit: TagScheme.formLimit, "forms") else { return nil }
        guard !items.isEmpty else {
            field.refuse("versions is empty", "add a form, or leave the key out: then vX.Y.Z-rc.N becomes vX.Y.Z")
            return nil
        }
        let forms = items.compactMap(form)
        guard forms.count == items.count else { return nil }
        do { return try TagScheme(forms) } catch {
            field.refuse("versions: \(SafeText(error.description))", "write the patterns so that each tag is one of them")
            return nil
        }
    }

    private static func form(_ field: Field) -> TagForm? {
        guard let section = Section(field, title: "a form of versions", keys: ["candidate", "final"]) else { return nil }
        let candidate = section.required("candidate", "candidate: vX.Y.Z-rc.N").flatMap(pattern)
        let finalField = section.optional("final")
        let final = finalField.flatMap(pattern)
        guard let candidate, (final == nil) == (finalField == nil) else { return nil }
        do { return try TagForm(candidate: candidate, final: final) } catch {
            field.refuse("final: \(SafeText(error.description))", SafeText(error.remedy))
            return nil
        }
    }

    private static func pattern(_ field: Field) -> TagPattern? {
        guard let text = field.text() else { return nil }
        do { return try TagPattern(text) } catch {
            field.refuse(
                "\(field.key) is \"\(SafeText(text, limit: 80))\": \(SafeText(error.description))", SafeText(error.remedy))
            return nil
        }
    }
}
