/// Finds what a mistyped word was meant to be.
enum Spelling {
    /// The word that differs by the fewest slips, if they are few enough for its length.
    ///
    /// - Parameters:
    ///   - word: what was typed.
    ///   - words: what it may have been, the first of several at the same distance.
    /// - Returns: the nearest word; nil if none is near.
    static func nearest(to word: String, among words: [String]) -> String? {
        words.map { (word: $0, slips: slips(from: word.lowercased(), to: $0)) }
            .filter { $0.slips <= ($0.word.count < 4 ? 1 : 2) }
            .min { $0.slips < $1.slips }?.word
    }

    /// How many letters were left out, added, replaced or swapped with their neighbor.
    static func slips(from typed: String, to meant: String) -> Int {
        let typed = Array(typed)
        let meant = Array(meant)
        // The distances of the beginnings of what was typed, one row for each of its letters.
        var rows = [Array(0...meant.count)]
        for (i, letter) in typed.enumerated() {
            var row = [i + 1]
            for (j, other) in meant.enumerated() {
                var slips = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (letter == other ? 0 : 1))
                if i > 0, j > 0, letter == meant[j - 1], typed[i - 1] == other {
                    slips = min(slips, rows[i - 1][j - 1] + 1)
                }
                row.append(slips)
            }
            rows.append(row)
        }
        return rows[typed.count][meant.count]
    }
}
