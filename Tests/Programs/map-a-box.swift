// At most 6 lines.
import ImagePreflight

let options = PrepareOptions(tiling: Tiling())
let page = try await Preflighter(model: "claude-sonnet-5-5", options: options).prepare("page.png")
for tile in page.images { print(tile.original(PixelBox(x: 10, y: 20, width: 30, height: 40))) }
