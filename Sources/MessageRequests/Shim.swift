internal import VisionRules
extension Model { var checksPrefixes: Bool { true } }
