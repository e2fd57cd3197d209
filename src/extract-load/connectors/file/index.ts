import { toMillraceError } from '../../../base/index.js'
import type { CheckResult, DiscoveredStream } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import type { ConnectorContext, FileBatch, Reading, ReadRequest, SourceConnector } from '../connector.js'
import { type FileStream, fileSpec, formatOf, readConfig } from './config.js'
import { discoverFile } from './discover.js'
import { isPattern, locateFiles } from './locate-files.js'
import { type FileState, fileTimeCursor, readFileState } from './state.js'

/** Files on disk, behind an address or in an npm package: Parquet, CSV, JSON, JSON lines. */
export const fileConnector: SourceConnector = {
  name: 'file',
  title: 'Files',
  kind: 'source',
  description:
    'Parquet, CSV, JSON and JSON lines, from disk (with patterns), over HTTP or from an installed npm package.',
  version: '0.1.0',
  releaseStage: 'beta',
  spec: fileSpec,
  streamNames: (config) => readConfig(config, '').map((stream) => stream.name),
  check,
  discover,
  read,
}

async function check(context: ConnectorContext): Promise<CheckResult> {
  try {
    const streams = readConfig(context.config, context.file)
    let count = 0
    for (const stream of streams) {
      const located = await locateFiles(stream, context)
      for (const file of located.files) formatOf(stream, file.path)
      count += located.files.length
      await located.dispose()
    }
    return { status: 'succeeded', message: `${streams.length} streams, ${count} files` }
  } catch (thrown) {
    const error = toMillraceError(thrown)
    return { status: 'failed', message: error.message, error: error.toJSON() }
  }
}

async function discover(context: ConnectorContext): Promise<DiscoveredStream[]> {
  const streams: DiscoveredStream[] = []
  for (const stream of readConfig(context.config, context.file)) {
    const located = await locateFiles(stream, context)
    try {
      const [file] = located.files.slice(-1)
      const jsonSchema = file ? await discoverFile(toBatch(stream, file, {})) : { type: 'object', properties: {} }
      streams.push({
        name: stream.name,
        jsonSchema,
        supportedSyncModes: ['full_refresh', 'incremental'],
        sourceDefinedCursor: false,
        defaultCursorField: [fileTimeCursor],
        sourceDefinedPrimaryKey: [],
      })
    } finally {
      await located.dispose()
    }
  }
  return streams
}

async function read(context: ConnectorContext, { stream: configured, state }: ReadRequest): Promise<Reading> {
  const stream = readConfig(context.config, context.file).find((candidate) => candidate.name === configured.name)
  if (!stream)
    throw extractLoadErrors.create('STREAM_NOT_FOUND', {
      message: `The source has no stream \`${configured.name}\`.`,
      at: { file: context.file },
    })
  const located = await locateFiles(stream, context)
  const cursorColumn = configured.syncMode === 'incremental' ? configured.cursorField?.join('.') : undefined
  if (configured.syncMode === 'incremental' && (cursorColumn === undefined || cursorColumn === fileTimeCursor))
    return newFiles(stream, located.files, readFileState(state), located.dispose)
  const previous = readFileState(cursorColumn === undefined ? undefined : state)
  const batches = located.files.map((file) => toBatch(stream, file, previous))
  return {
    batches,
    state: previous,
    dispose: located.dispose,
    note: batches.length === 0 ? `no file matches ${stream.path}` : undefined,
    ...(cursorColumn === undefined
      ? {}
      : {
          cursor: {
            column: cursorColumn,
            from: previous.cursor,
            stateAfter: (value) => ({ cursor_field: cursorColumn, cursor: value }),
          },
        }),
  }
}

type Located = Parameters<typeof toBatch>[1]

/** Files that are new or changed since the state was committed. */
function newFiles(
  stream: FileStream,
  files: readonly Located[],
  previous: FileState,
  dispose: () => Promise<void>,
): Reading {
  const history = { ...previous.history }
  const batches: FileBatch[] = []
  let latest = previous.cursor
  for (const file of files) {
    const mark = `${file.modifiedAt.toISOString()} ${file.sizeBytes}`
    if (history[file.url] === mark) continue
    history[file.url] = mark
    const time = file.modifiedAt.toISOString()
    latest = latest === undefined || time > latest ? time : latest
    batches.push(toBatch(stream, file, { cursor_field: fileTimeCursor, cursor: latest, history: { ...history } }))
  }
  const nothing =
    previous.cursor === undefined
      ? `no file matches ${stream.path}`
      : `nothing new since ${previous.cursor} (${files.length} files looked at)`
  return { batches, state: previous, note: batches.length === 0 ? nothing : undefined, dispose }
}

function toBatch(
  stream: FileStream,
  file: { readonly path: string; readonly url: string; readonly modifiedAt: Date; readonly sizeBytes: number },
  stateAfter: FileState,
): FileBatch {
  return {
    representation: 'file',
    format: formatOf(stream, file.path),
    path: file.path,
    url: file.url,
    isFromPattern: isPattern(stream.path),
    modifiedAt: file.modifiedAt,
    sizeBytes: file.sizeBytes,
    options: { delimiter: stream.delimiter, header: stream.header, badRows: stream.bad_rows ?? 'fail' },
    stateAfter,
  }
}
