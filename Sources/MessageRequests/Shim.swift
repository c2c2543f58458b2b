internal import VisionRules
extension Model { var checksPrefixes: Bool { true } }
extension RuleCode { static var thinkingBoundToPrefix: RuleCode { .repeatedImage }; static var notABlock: RuleCode { .notARequest } }
extension BlockContext { var isReshaped: Bool { false } }
