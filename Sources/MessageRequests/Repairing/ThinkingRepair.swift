internal import VisionRules

/// What a repair does with thinking after the first thing that it changes.
///
/// Models that check prefixes bind a `thinking` or `redacted_thinking` block to everything before it; if any
/// of that changes, they may refuse the request.
public enum ThinkingPolicy: String, Sendable, Codable, Hashable, CaseIterable {
    /// Thinking stays as it is, and is reported.
    case keep
    /// Thinking after the change is removed. In the latest assistant message it stays while a tool call has
    /// to be answered: that message may not change.
    case strip
    /// The request asks the service to leave out thinking that no longer fits. That requires a header, which
    /// is not in the request: ``betaHeader``.
    case dropBlock = "drop-block"

    /// The header that goes with ``dropBlock``.
    public static let betaHeader = "anthropic-beta: thinking-binding-controls-2026-08-01"
}

/// What a plan does with the thinking of one request.
struct ThinkingSite: Sendable {
    var step: RepairStep
    let edits: [ThinkingEdit]
    /// The sites of the same request.
    var request: Int
}

/// A range of a document to be removed or replaced when something before it in the conversation changes.
struct ThinkingEdit: Sendable {
    var range: Range<Int>
    var text: String
    /// The message that it belongs to; nil for the request as a whole.
    var message: Int?
}

extension ThinkingMessage {
    private static let placeholder = #""text":"[Thinking was removed here.]"}"#

    /// The edits that remove the thinking from a message, with the commas between its blocks.
    ///
    /// A message without a block is refused, so one that is only thinking keeps a text.
    ///
    /// - Parameter isConverse: whether blocks have the shape of Bedrock's Converse API.
    /// - Returns: the edits.
    func removal(isConverse: Bool) -> [ThinkingEdit] {
        let placeholder = (isConverse ? "{" : #"{"type":"text","#) + Self.placeholder
        let hasOthers = blocks.contains { !$0.isThinking }
        let firstOther = blocks.firstIndex { !$0.isThinking } ?? blocks.count
        var edits: [ThinkingEdit] = []
        for (place, block) in blocks.enumerated() where block.isThinking {
            func edit(_ range: Range<Int>, _ text: String = "") {
                edits.append(ThinkingEdit(range: range, text: text, message: message))
            }
            let before = place > 0 ? blocks[place - 1] : nil
            let after = place + 1 < blocks.count ? blocks[place + 1] : nil
            if !hasOthers, place == 0 {
                edit(block.range, placeholder)
            } else if place > firstOther || !hasOthers, let before, before.index + 1 == block.index {
                edit(before.range.upperBound..<block.range.upperBound)
            } else if place < firstOther, let after, after.index == block.index + 1 {
                edit(block.range.lowerBound..<after.range.lowerBound)
            } else {
                // Something that is not a block is next to it.
                edit(block.range, placeholder)
            }
        }
        return edits
    }
}

extension ScannedRequest {
    /// What makes the service leave out thinking that does not fit.
    var droppingEdit: ThinkingEdit {
        // Models that check prefixes think adaptively by default.
        let adaptive = #"{"type":"adaptive",\#(ThinkingSetting.binding)}"#
        let thinking = #""thinking":"# + adaptive
        let levels: [(member: String, value: String)] = [
            (thinking, "{\(thinking)}"), (ThinkingSetting.binding, adaptive),
            (ThinkingSetting.behavior, "{\(ThinkingSetting.behavior)}"), ("", #""drop_block""#),
        ]
        if isConverse {
            return modelFields?.droppingEdit(levels[...])
                ?? insertion(#""additionalModelRequestFields":{\#(thinking)}"#)
        }
        return thinkingSetting?.droppingEdit(levels.dropFirst()) ?? insertion(thinking)
    }

    /// A member at the start of the request, which has others.
    private func insertion(_ member: String) -> ThinkingEdit {
        let place = range.lowerBound + 1
        return ThinkingEdit(range: place..<place, text: member + ",", message: nil)
    }
}

extension ThinkingSetting {
    fileprivate static let behavior = #""prefix_mismatch_behavior":"drop_block""#
    fileprivate static let binding = #""block_binding":{\#(behavior)}"#

    /// The edit of the innermost existing value.
    ///
    /// - Parameter levels: from the outermost value on, what to insert into an object, and what to replace
    ///   anything else with.
    /// - Returns: the edit.
    fileprivate func droppingEdit(_ levels: ArraySlice<(member: String, value: String)>) -> ThinkingEdit {
        if let next = inner.first { return next.droppingEdit(levels.dropFirst()) }
        guard let level = levels.first else { return ThinkingEdit(range: range, text: "", message: nil) }
        guard let insertion, !level.member.isEmpty else {
            return ThinkingEdit(range: range, text: level.value, message: nil)
        }
        return ThinkingEdit(
            range: insertion..<insertion, text: level.member + (isEmpty ? "" : ","), message: nil)
    }
}
