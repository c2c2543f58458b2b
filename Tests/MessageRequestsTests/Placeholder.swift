import Testing
import MessageRequests
