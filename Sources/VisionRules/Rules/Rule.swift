/// The documentation of a rule: what `rules CODE` prints.
package struct Rule: Sendable, Hashable {
    /// The code, which never changes its meaning.
    package let code: RuleCode
    /// The name of the rule, as in `edge-over-limit`.
    package let name: String
    /// How serious a finding of this rule is.
    package let severity: Finding.Severity
    /// What the rule finds.
    package let what: String
    /// Why that matters.
    package let why: String
    /// An example of an image, or a part of a request, that has it.
    package let example: String
    /// How to fix it.
    package let remedy: String
    /// The command that fixes it, if there is one.
    package let command: String?
    /// What the service answers, with `{placeholders}` for the numbers; empty if it does not refuse. This
    /// rule explains any answer with one of these texts.
    package let serviceTexts: [ServiceText]
    /// Other possible answers of the service, which another rule explains.
    package let sharedTexts: [ServiceText]
    /// Which images the rule applies to.
    package let scope: Scope

    /// Which images a rule applies to.
    package enum Scope: Sendable {
        /// Every image.
        case everyImage
        /// Every image that the service does not refuse anyway.
        case acceptedImages
        /// Every image except those in a request whose base64 is damaged or missing: R204 and R206 explain
        /// those.
        case wholeImages
    }

    package init(
        _ code: RuleCode, _ name: String, _ severity: Finding.Severity, what: String, why: String,
        example: String,
        remedy: String, command: String? = nil, serviceTexts: [ServiceText] = [],
        sharedTexts: [ServiceText] = [], scope: Scope = .everyImage
    ) {
        self.code = code
        self.name = name
        self.severity = severity
        self.what = what
        self.why = why
        self.example = example
        self.remedy = remedy
        self.command = command
        self.serviceTexts = serviceTexts
        self.sharedTexts = sharedTexts
        self.scope = scope
    }

    /// The rules about one image, in the order of their codes.
    package static let ofImages: [Rule] = ImageRule.all.map(\.rule)

    package static let prepareCommand = "image-preflight prepare PATH -o DIR"
}

/// What a rule's check has found: a finding without the rule.
package struct Observation {
    let message: MessageText
    let measured: Int?
    let limit: Int?
    let serviceError: String?

    /// An observation.
    ///
    /// - Parameters:
    ///   - message: one sentence with the numbers in it.
    ///   - measured: what was measured, in the unit of the rule.
    ///   - limit: the value that passes, in the same unit.
    ///   - serviceError: the service's own text for this refusal, filled in.
    package init(
        _ message: MessageText, measured: Int? = nil, limit: Int? = nil, serviceError: String? = nil
    ) {
        self.message = message
        self.measured = measured
        self.limit = limit
        self.serviceError = serviceError
    }
}
