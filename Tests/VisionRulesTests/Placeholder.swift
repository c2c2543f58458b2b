import Testing
import VisionRules
