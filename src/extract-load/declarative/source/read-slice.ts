import { throwIfAborted } from '../../../base/index.js'
import type { RecordData, StreamSlice } from '../contract.js'
import type { StreamProgress } from './stream-progress.js'
import { withoutNulls } from './without-nulls.js'

/** Hands on the records of a slice, and a state once it is read to its end. */
export async function readSlice(progress: StreamProgress, slice: StreamSlice, signal: AbortSignal): Promise<void> {
  const { cursor } = progress.stream
  for await (const records of progress.stream.readSlice(slice)) {
    throwIfAborted(signal)
    const wanted = progress.accept(records.length)
    const taken = wanted < records.length ? records.slice(0, wanted) : records
    if (taken.length > 0) {
      await progress.records(taken.map(withoutNulls) as readonly RecordData[])
      for (const record of taken) cursor.observe(record, slice)
    }
    if (progress.isFull) return
  }
  if (cursor.closeSlice(slice)) await progress.state()
}
