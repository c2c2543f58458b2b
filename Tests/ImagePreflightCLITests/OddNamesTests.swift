import Foundation
import TestSupport
import Testing

/// Paths on the command line are kept byte for byte: `$'…'` is how bash writes a name that is not UTF-8.
@Suite("names that are not UTF-8")
struct OddNamesTests {
    private static let program = CommandRun.productsFolder.appending(path: "image-preflight").path

    /// Runs a script in a folder that holds `body\xe9.json` and `images\xe9/photo\xff.png`.
    private func run(_ script: String, in folder: TemporaryFolder) throws -> CommandRun {
        let request = Resources.testdata.appending(path: "requests/R201-media-type-mismatch.json").path
        let photo = Resources.testdata.appending(path: "photos/valley-360x270.png").path
        let setUp = #"""
            set -e; cp "$1" $'body\xe9.json'; mkdir $'images\xe9'; cp "$2" $'images\xe9/photo\xff.png'

            """#
        return try CommandRun.run(
            URL(filePath: "/bin/bash"),
            ["-c", setUp + "ip() { '\(Self.program)' \"$@\"; }\n" + script, "bash", request, photo],
            in: folder.path)
    }

    @Test(
        "is read, written and replaced under its own name",
        arguments: [
            #"ip lint $'body\xe9.json' > /dev/null || test $? = 1"#,
            #"ip explain --request $'body\xe9.json' 'image cannot be empty' > /dev/null"#,
            #"ip repair $'body\xe9.json' -o $'out\xe9.json' && test -s $'out\xe9.json'"#,
            #"ip repair $'body\xe9.json' -o $'out\xe9/' && test -s $'out\xe9/body\xe9.json'"#,
            #"ip repair $'body\xe9.json' --in-place && test -s $'body\xe9.json.bak'"#,
            #"ip prepare $'images\xe9' -o $'out\xe9' && test -s $'out\xe9/photo\xff.png'"#,
            #"ip prepare $'images\xe9' --output=$'out\xe9' --manifest $'m\xe9.jsonl' && test -s $'m\xe9.jsonl'"#,
            #"ip prepare $'images\xe9' -o out && ip locate out/manifest.jsonl $'images\xe9/photo\xff.png' 1 2"#,
            #"cd $'images\xe9'; ip prepare . -o ../out && ip locate ../out/manifest.jsonl $'../out/photo\xff.png' 1 2"#,
            #"ip prepare $'images\xe9' -o out && ip report out/manifest.jsonl -o $'page\xe9.html' && test -s $'page\xe9.html'"#,
            #"ip prepare $'images\xe9' -o out && ip manifest merge out/manifest.jsonl -o $'all\xe9.jsonl' && test -s $'all\xe9.jsonl'"#,
            #"ip pack $'images\xe9' -o $'out\xe9' --prompt Why && ip lint $'out\xe9/request-000001.json'"#,
            #"test $(ip check $'images\xe9' --include $'photo\xff.*' | wc -l) = 1"#,
            #"test $(ip check $'images\xe9' --exclude $'photo\xff.png' | wc -l) = 0"#,
            #"printf '%s\n' $'images\xe9/photo\xff.png' > $'list\xe9'; ip check --files-from $'list\xe9'"#,
        ])
    func everywhere(script: String) throws {
        let run = try run(script, in: TemporaryFolder())
        #expect(run.status == 0, "\(run.errorText)")
    }

    @Test("is shown as repaired text, next to its bytes")
    func shown() throws {
        let run = try run(#"ip repair $'body\xe9.json' --dry-run --format ndjson"#, in: TemporaryFolder())
        let record = try #require(try run.records().first)
        #expect(record["file"] as? String == "body\u{FFFD}.json")
        #expect(
            record["file_base64"] as? String
                == Data([0x62, 0x6F, 0x64, 0x79, 0xE9] + ".json".utf8).base64EncodedString())
        let missing = try self.run(#"ip lint $'none\xe9\xe8'"#, in: TemporaryFolder())
        #expect(missing.status == 2)
        #expect(missing.errorText.contains("none\u{FFFD}\u{FFFD}: "), "\(missing.errorText)")
    }

    @Test("is distinguished from another that looks the same", arguments: ["check", "estimate", "lint"])
    func apart(command: String) throws {
        let run = try run(
            #"cp $'body\xe9.json' $'a\xfe.json'; cp $'body\xe9.json' $'a\xff.json'; ip \#(command) $'a\xfe.json' $'a\xff.json' | cat"#,
            in: TemporaryFolder())
        let key = command == "lint" ? "file_base64" : "path_base64"
        let names = try run.records().compactMap { $0[key] as? String }
        #expect(Set(names) == ["Yf4uanNvbg==", "Yf8uanNvbg=="], "\(run.errorText)")
    }
}
