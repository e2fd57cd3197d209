/** Enough to see how a stream is read, and little for its API. */
export const previewLimits = { records: 20, slices: 2, pagesPerSlice: 2 } as const
