import Testing
import ImageHeaders
