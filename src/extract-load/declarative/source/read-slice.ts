import { throwIfAborted } from '../../../base/index.js'
import type { FileReference, RecordData, StreamSlice } from '../component-contract.js'
import type { KeptFiles } from './keep-files.js'
import type { StreamProgress } from './stream-progress.js'
import { withoutNulls } from './without-nulls.js'

/** Hands on the records of a slice, and a state once it is read to its end. */
export async function readSlice(progress: StreamProgress, slice: StreamSlice, signal: AbortSignal): Promise<void> {
  const { cursor } = progress.stream
  for await (const records of progress.stream.readSlice(slice)) {
    throwIfAborted(signal)
    const wanted = progress.accept(records.length)
    const taken = wanted < records.length ? records.slice(0, wanted) : records
    if (progress.files) await handOnWithFiles(progress, progress.files, taken, slice)
    else if (taken.length > 0) await handOn(progress, taken, slice)
    if (progress.isFull) return
  }
  if (cursor.closeSlice(slice)) await progress.state()
}

async function handOn(
  progress: StreamProgress,
  records: readonly RecordData[],
  slice: StreamSlice,
  files?: readonly FileReference[],
): Promise<void> {
  await progress.records(records.map(withoutNulls) as readonly RecordData[], files)
  for (const record of records) progress.stream.cursor.observe(record, slice)
}

/** A record goes on once its file is kept; where one fails, those before it have gone on. */
async function handOnWithFiles(
  progress: StreamProgress,
  kept: KeptFiles,
  records: readonly RecordData[],
  slice: StreamSlice,
): Promise<void> {
  const files: FileReference[] = []
  try {
    for (const record of records) files.push(await kept.keep(record))
  } finally {
    if (files.length > 0) await handOn(progress, records.slice(0, files.length), slice, files)
  }
}
