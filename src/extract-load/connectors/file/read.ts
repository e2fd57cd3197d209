import { plural, systemClock } from '../../../base/index.js'
import type { ConfiguredStream } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import type { Batch, ConnectorContext, Reading, ReadRequest } from '../connector.js'
import { shownPath } from './address.js'
import { distantBatch, localBatch } from './batch.js'
import { type FileStream, readConfig } from './config.js'
import { locateFiles } from './locate-files.js'
import {
  type FetchedFile,
  isDistant,
  type LocatedFile,
  type LocatedFiles,
  type VersionedFile,
  withVersion,
} from './located-file.js'
import { FetchAhead } from './remote/fetch-ahead.js'
import { type FileState, fileTimeCursor, readFileState, stateOf, wasRead } from './state.js'

/** Plans which files a sync of one stream reads. */
export async function readFiles(
  context: ConnectorContext,
  { stream: configured, state }: ReadRequest,
): Promise<Reading> {
  const stream = readConfig(context.config, context.file).streams.find(
    (candidate) => candidate.name === configured.name,
  )
  if (!stream)
    throw extractLoadErrors.create('STREAM_NOT_FOUND', {
      message: `The source has no stream \`${configured.name}\`.`,
      at: { file: context.file },
    })
  const located = await locateFiles(stream, context)
  try {
    return await planReading(stream, located, configured, state, context)
  } catch (error) {
    await located.dispose()
    throw error
  }
}

async function planReading(
  stream: FileStream,
  { files, dispose }: LocatedFiles,
  { syncMode, cursorField, destinationSyncMode }: ConfiguredStream,
  state: unknown,
  { clock = systemClock }: ConnectorContext,
): Promise<Reading> {
  const column = syncMode === 'incremental' ? cursorField?.join('.') : undefined
  // With a key the rows of a changed file find their places by themselves: whole files lose none that comes late.
  const isMerged = destinationSyncMode === 'append_dedup'
  if (syncMode === 'incremental' && (isMerged || column === undefined || column === fileTimeCursor))
    return newFiles(
      stream,
      { files: await Promise.all(files.map(withVersion)), dispose },
      readFileState(state),
      clock.now(),
    )
  const previous = readFileState(column === undefined ? undefined : state)
  const batches = batchesOf(stream, files)
  return {
    batches,
    stateAfter: previous,
    dispose,
    note: batches.length === 0 ? `no file matches ${shownPath(stream.path)}` : undefined,
    ...(column === undefined
      ? {}
      : {
          cursor: {
            column,
            from: previous.cursor,
            stateAfter: (value) => ({ cursor_field: column, cursor: value }),
          },
        }),
  }
}

/** Files that are new or changed since the state was committed. */
function newFiles(
  stream: FileStream,
  { files, dispose }: LocatedFiles<VersionedFile>,
  previous: FileState,
  now: Date,
): Reading {
  const fresh = files.filter((file) => !wasRead(previous, file, now))
  /** What became of files until they were fetched. */
  const fetched = new Map<string, FetchedFile>()
  const batches = batchesOf(stream, fresh, (file, as) => fetched.set(file.url, as))
  const nothing =
    previous.cursor === undefined
      ? `no file matches ${shownPath(stream.path)}`
      : `nothing new since ${previous.cursor} (${plural(files.length, 'file')} looked at)`
  return {
    batches,
    get stateAfter(): FileState {
      const read = fresh.map(({ url, ...found }) => ({ url, ...(fetched.get(url) ?? found) }))
      return stateOf(previous, { found: files, read }, now)
    },
    note: batches.length === 0 ? nothing : undefined,
    dispose,
  }
}

function batchesOf(
  stream: FileStream,
  files: readonly LocatedFile[],
  onFetched: (file: LocatedFile, as: FetchedFile) => void = () => {},
): Batch[] {
  const ahead = new FetchAhead(files.filter(isDistant))
  // A stream's files are all of this machine, or none is.
  return files.map((file, place) =>
    isDistant(file)
      ? distantBatch(stream, file, async () => {
          const as = await ahead.fetch(place)
          onFetched(file, as)
          return as
        })
      : localBatch(stream, file),
  )
}
