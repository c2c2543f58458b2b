internal import PreflightFiles
internal import SystemPackage

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// A test hook: lets a worker process break on files whose names say so, as a hostile image would.
///
/// It does nothing unless `IMAGE_PREFLIGHT_TEST_FAULTS` names a folder. Then a file whose name holds
/// `fault-crash`, `fault-hang`, `fault-memory` or `fault-exit` makes its worker abort, hang, allocate until
/// nothing is left, or leave; `fault-once` kills the worker the first time only, which a file in that folder
/// remembers. `fault-vanish` removes the file, and `fault-change` replaces it by that folder's file of the same
/// name, after the run has judged its header and before the worker opens it.
enum FaultHook {
    static let variable = "IMAGE_PREFLIGHT_TEST_FAULTS"
    private static let folder = ProcessInfo.processInfo.environment[variable]

    static func run(for file: FilePath) {
        guard let folder, let name = file.lastComponent?.string else { return }
        if name.contains("fault-crash") { abort() }
        if name.contains("fault-hang") { while true { sleep(1000) } }
        if name.contains("fault-exit") { exit(0) }
        if name.contains("fault-memory") {
            while let memory = malloc(1 << 24) { memset(memory, 1, 1 << 24) }
            abort()
        }
        if name.contains("fault-vanish") { _ = file.withPlatformString { unlink($0) } }
        if name.contains("fault-change") {
            _ = file.withPlatformString { original in rename(folder + "/" + name, original) }
        }
        if name.contains("fault-once") {
            let descriptor = open(folder + "/" + name, O_CREAT | O_EXCL | O_WRONLY, 0o600)
            if descriptor >= 0 { kill(getpid(), SIGKILL) }
        }
    }
}
