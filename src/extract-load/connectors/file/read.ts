import { plural } from '../../../base/index.js'
import type { ConfiguredStream } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import type { ConnectorContext, Reading, ReadRequest } from '../connector.js'
import { toBatch } from './batch.js'
import { type FileStream, readConfig } from './config.js'
import { locateFiles } from './locate-files.js'
import type { LocatedFile, LocatedFiles } from './located-file.js'
import { type FileState, fileTimeCursor, readFileState } from './state.js'

/** Plans which files a sync of one stream reads, and fetches the remote ones among them. */
export async function readFiles(
  context: ConnectorContext,
  { stream: configured, state }: ReadRequest,
): Promise<Reading> {
  const stream = readConfig(context.config, context.file).find((candidate) => candidate.name === configured.name)
  if (!stream)
    throw extractLoadErrors.create('STREAM_NOT_FOUND', {
      message: `The source has no stream \`${configured.name}\`.`,
      at: { file: context.file },
    })
  const located = await locateFiles(stream, context)
  try {
    return await planReading(stream, located, configured, state)
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
): Promise<Reading> {
  const column = syncMode === 'incremental' ? cursorField?.join('.') : undefined
  // With a key the rows of a changed file find their places by themselves: whole files lose none that comes late.
  const isMerged = destinationSyncMode === 'append_dedup'
  if (syncMode === 'incremental' && (isMerged || column === undefined || column === fileTimeCursor))
    return newFiles(stream, files, readFileState(state), dispose)
  const previous = readFileState(column === undefined ? undefined : state)
  const batches = await inOrder(files, (file) => toBatch(stream, file))
  return {
    batches,
    stateAfter: previous,
    dispose,
    note: batches.length === 0 ? `no file matches ${stream.path}` : undefined,
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
async function newFiles(
  stream: FileStream,
  files: readonly LocatedFile[],
  previous: FileState,
  dispose: () => Promise<void>,
): Promise<Reading> {
  const known = previous.history ?? {}
  const fresh = files.filter((file) => known[file.url] !== file.version)
  const batches = await inOrder(fresh, (file) => toBatch(stream, file))
  const times = fresh.map((file) => file.modifiedAt.toISOString())
  const stateAfter: FileState = {
    cursor_field: fileTimeCursor,
    cursor: [previous.cursor ?? '', ...times].sort().at(-1),
    history: { ...known, ...Object.fromEntries(fresh.map((file) => [file.url, file.version])) },
  }
  const nothing =
    previous.cursor === undefined
      ? `no file matches ${stream.path}`
      : `nothing new since ${previous.cursor} (${plural(files.length, 'file')} looked at)`
  return { batches, stateAfter, note: batches.length === 0 ? nothing : undefined, dispose }
}

async function inOrder<T, R>(items: readonly T[], task: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (const item of items) results.push(await task(item))
  return results
}
