// At most 6 lines.
import VisionRules
import ImageHeaders

let sizes = (1...20).map { PixelSize(width: 100 * $0, height: 75 * $0) }
for estimate in try ModelCatalog.builtIn.estimate(sizes, terms: ServiceTerms(isBatch: true)) {
    print(estimate.model, estimate.size, estimate.tokens, estimate.cost)
}
