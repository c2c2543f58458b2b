internal import Foundation

/// The machine and software of the measurements.
struct Machine {
    /// Lines of `- what: value`.
    static func facts(workshop: Workshop) -> [String] {
        var facts = [
            ("date", ISO8601DateFormatter().string(from: Date())),
            ("command", commandLine),
            ("processor", "\(processor), \(Numbers.count(ProcessInfo.processInfo.processorCount, "core"))"),
            ("memory", "\(ProcessInfo.processInfo.physicalMemory >> 20) MiB"),
            (
                "system",
                output(of: ["uname", "-srm"])?.trimmed ?? ProcessInfo.processInfo.operatingSystemVersionString
            ),
            ("image-preflight", product(workshop)),
            (
                "libvips of the product",
                output(of: ["pkg-config", "--modversion", "vips"])?.trimmed ?? "unknown"
            ),
        ]
        if let swift = output(of: ["swift", "--version"])?.split(separator: "\n").first {
            facts.append(("compiler", String(swift)))
        }
        // One line per program: its variants share a version.
        var programs: [String: String] = [:]
        for peer in workshop.peers { programs[String(peer.id.split(separator: "/")[0])] = peer.version }
        facts.append(
            (
                "peers",
                programs.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: "; ")
            ))
        return facts.map { "- \($0.0): \($0.1)" }
    }

    /// The load average of the last minute. Building the product just before raises it.
    static var load: Double {
        var loads = [Double](repeating: 0, count: 3)
        return getloadavg(&loads, 3) > 0 ? loads[0] : 0
    }

    private static var processor: String {
        let lines =
            (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
        let model = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last.map(String.init)
        return model?.trimmed ?? output(of: ["sysctl", "-n", "machdep.cpu.brand_string"])?.trimmed
            ?? "unknown"
    }

    private static func product(_ workshop: Workshop) -> String {
        let version = output(of: [workshop.product, "--version"])?.trimmed ?? "unknown version"
        let commit = output(of: ["git", "describe", "--always", "--dirty"])?.trimmed
        return commit.map { "\(version), commit \($0)" } ?? version
    }

    /// The command without this machine's folders.
    private static var commandLine: String {
        CommandLine.arguments.map { $0.hasPrefix("/") ? URL(filePath: $0).lastPathComponent : $0 }
            .joined(separator: " ")
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
