internal import VisionRules

extension Model {
    var checksPrefixes: Bool {
        [
            "claude-fable-5-2", "claude-mythos-5-2", "claude-fable-5-1", "claude-mythos-5-1",
            "claude-opus-5-5",
            "claude-sonnet-5-5", "claude-haiku-5-5",
        ].contains(id)
    }
}
