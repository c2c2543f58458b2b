/// The line protocol of `image-preflight worker`: tasks in, rows out, one JSON object per line (NDJSON).
///
/// A worker sends hello, then answers each task line with exactly one line, in the order of the tasks. A line
/// that is not a task is answered too, with `error`; only the end of standard input ends a worker.
///
/// ```
/// ← {"protocol":"image-preflight-worker","version":1}
/// → {"id":1,"task":"check","path":"photos/a.jpg"}
/// ← {"id":1,"path":"photos/a.jpg","format":"jpeg", … the fields of a record of `check` …}
/// → {"id":2,"task":"prepare","path":"photos/a.jpg","output_folder":"ready"}
/// ← {"id":2,"source":{…},"output":{"path":"a.jpg",…},"action":"resized", … a row of a manifest …}
/// → {"id":3,"task":"prepare","bytes_base64":"/9j/4AAQ…","name":"a.jpg"}
/// ← {"id":3,"source":{…},"output":{…},"action":"resized",…,"bytes_base64":"/9j/2wBD…"}
/// → {"id":4,"task":"estimate","width":1920,"height":1080,"model":"claude-opus-5-5"}
/// ← {"id":4,"width":1920,"height":1080,"model":"claude-opus-5-5", … a record of `estimate` …}
/// → nonsense
/// ← {"error":"not a task: …","problem":true}
/// ```
///
/// Tasks:
///
/// | field | meaning |
/// |---|---|
/// | `id` | an integer of the caller's choice, repeated in the answer |
/// | `task` | `check`, `estimate`, `prepare` or `configure` |
/// | `path` | the image; `path_base64` holds its exact bytes where they are not UTF-8 |
/// | `bytes_base64` | the image itself, in place of `path` |
/// | `name` | the name of an image without a path: its extension is compared with the bytes |
/// | `width`, `height` | `estimate`: a size in px, in place of an image |
/// | `model` | `estimate`: the model to estimate for; default: the one that the worker was started with |
/// | `deep` | `check`: also decode everything (with `path` only) |
/// | `output_folder` | `prepare`: the root of the mirrored tree; without it the result comes with the answer |
/// | `relative_path` | `prepare`: the path below that root, before its extension is chosen; default: the file name |
/// | `shares_stem` | `prepare`: whether another file next to the source differs only in its extension |
/// | `overwrite` | `prepare`: replace an existing file |
/// | `attach` | `prepare`: the result follows the answer as raw bytes, `attached_bytes` of them |
/// | `width`, `height` | `prepare`: the size in px to make, upright, if it is no larger than planned |
/// | `destination`, `options` | `configure`: `Destination` and `PrepareOptions` as Swift encodes them, for all tasks that follow |
///
/// Answers are the records of the command with these additional fields:
///
/// | field | meaning |
/// |---|---|
/// | `id` | the task's |
/// | `problem` | true when the run failed, as opposed to an unsuitable image |
/// | `error` | why, where there is no row |
/// | `configured` | true, in the answer to `configure` |
/// | `attached_bytes` | how many raw bytes follow the line feed; tiles follow one after the other, each with the size in its `output` |
/// | `bytes_base64` | the prepared image |
/// | `tile_bytes` | instead, for an image in tiles: a list of objects with the `bytes_base64` of each |
///
/// Requests are packed from many images at once, so there is no task for that: `image-preflight pack` accepts
/// the list of what a worker has prepared.
///
/// Ignore unknown fields; the version is raised when a field changes its meaning.
package enum WorkerProtocol {
    /// The name of the protocol in the first line.
    package static let name = "image-preflight-worker"
    /// The version in the first line.
    package static let version = 1
    /// The longest task line, bytes: the largest file that is read, as base64, and room for the rest.
    package static let maxLineBytes = 1 << 30
}
