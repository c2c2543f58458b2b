// At most 6 lines.
import ImageHeaders
import VisionRules

let reading = HeaderReader.read(bytes: Array("GIF89a".utf8))
print(reading.facts?.displaySize ?? PixelSize(width: 0, height: 0))
print(
    SeenSize(
        of: PixelSize(width: 4032, height: 3024),
        tier: try ModelCatalog.builtIn.model("claude-sonnet-5-5").tier))
