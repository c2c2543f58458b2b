import CResampler
import Testing

@Suite("Kernels and ways to push rows")
struct KernelTests {
    @Test(
        "Every kernel on this machine matches the scalar kernel", arguments: vectorKernels.map(\.rawValue)
    )
    func kernelsAgree(kernel: UInt32) throws {
        var random = TestRandom(state: 21)
        for round in 0..<60 {
            let channels = 1 + round % 4
            let width = Int.random(in: 1...150, using: &random)
            let height = Int.random(in: 1...60, using: &random)
            let image = TestImage.random(width, height, channels: channels, padding: 1, using: &random)
            let job = ipr_job(
                image, to: .random(in: 1...width, using: &random), .random(in: 1...height, using: &random),
                alpha: round % 3 == 0 ? IPR_ALPHA_NONE : IPR_ALPHA_STRAIGHT)
            let scalar = try #require(job.resampled(image, kernel: IPR_KERNEL_SCALAR))
            #expect(job.resampled(image, kernel: ipr_kernel(rawValue: kernel)) == scalar, "\(job)")
        }
    }

    @Test("Rows pushed in chunks of any size produce the same bytes as the whole image")
    func streamingAgrees() throws {
        var random = TestRandom(state: 8)
        for (width, height) in [(40, 90), (64, 11), (96, 5), (100, 100)] {
            let image = TestImage.random(100, 100, channels: 4, padding: 2, using: &random)
            let job = ipr_job(image, to: width, height)
            let whole = try #require(job.resampled(image))
            for kernel in vectorKernels + [IPR_KERNEL_SCALAR] {
                #expect(job.streamed(image, kernel: kernel) { 1 } == whole)
                #expect(job.streamed(image, kernel: kernel) { 100 } == whole)
                #expect(job.streamed(image, kernel: kernel) { .random(in: 0...30, using: &random) } == whole)
            }
        }
    }

    @Test("Pushing more rows than the image has is refused")
    func tooManyRows() throws {
        let image = TestImage(4, 4, channels: 1) { _, _, _ in 9 }
        var job = ipr_job(image, to: 2, 2)
        var out = [UInt8](repeating: 0, count: 4)
        try out.withUnsafeMutableBufferPointer { buffer in
            let resampler = try #require(ipr_resampler_new(&job, buffer.baseAddress, 2))
            defer { ipr_resampler_free(resampler) }
            #expect(ipr_resampler_push_rows(resampler, image.bytes, 4, 5) == -1)
            #expect(ipr_resampler_push_rows(resampler, image.bytes, 4, 4) == 2)
            #expect(ipr_resampler_push_rows(resampler, image.bytes, 4, 1) == -1)
        }
    }

    @Test("Memory does not grow with the height", arguments: [1268, 100, 10])
    func memoryIsAFewRows(outWidth: Int32) throws {
        var out = [UInt8](repeating: 0, count: 1268 * 951 * 3)
        var job = ipr_job()
        job.in_width = 4000
        job.channels = 3
        job.out_width = outWidth
        func memory(inHeight: Int32, outHeight: Int32) throws -> Int {
            job.in_height = inHeight
            job.out_height = outHeight
            return try out.withUnsafeMutableBufferPointer { buffer in
                let resampler = try #require(ipr_resampler_new(&job, buffer.baseAddress, 1268 * 3))
                defer { ipr_resampler_free(resampler) }
                return ipr_resampler_memory(resampler)
            }
        }
        #expect(try memory(inHeight: 3000, outHeight: 951) < 4_000_000)
        #expect(try memory(inHeight: 60_000, outHeight: 951) < 4_000_000)
    }
}
