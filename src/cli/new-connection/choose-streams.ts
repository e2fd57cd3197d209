import type { ConfiguredStream, DestinationInfo, DiscoveredStream, StreamWishes } from '../../extract-load/index.js'
import { out } from '../output/colors.js'
import { terminalWidth, textTable } from '../output/table.js'
import type { Questions } from '../questions.js'
import { streamNotFound } from '../stream-not-found.js'
import { columnsOf, words } from './stream-words.js'

/** The streams that `orders,customers` or `all` names. @throws STREAM_NOT_FOUND */
export async function namedStreams(
  named: string,
  streams: readonly DiscoveredStream[],
  connection: string,
): Promise<readonly DiscoveredStream[]> {
  if (named === 'all') return streams
  const names = streams.map((stream) => stream.name)
  const wanted = words(named)
  const unknown = wanted.find((name) => !names.includes(name))
  if (unknown !== undefined) throw await streamNotFound(unknown, names, connection)
  return streams.filter((stream) => wanted.includes(stream.name))
}

export async function askStreams(
  questions: Questions,
  streams: readonly DiscoveredStream[],
): Promise<readonly DiscoveredStream[]> {
  const rows = streams.map((stream, i) => [
    i + 1,
    stream.name,
    fieldNames(stream).length,
    columnsOf(stream.sourceDefinedPrimaryKey),
  ])
  const columns = [{ name: '' }, { name: 'stream', isWhole: true }, { name: 'columns' }, { name: 'key' }]
  console.log(textTable(columns, rows, { width: terminalWidth() }))
  const find = (part: string) => streams.find((stream, i) => stream.name === part || String(i + 1) === part)
  const answer = await questions.text({
    label: 'Streams to load, by number or name, separated by commas',
    fallback: 'all',
    problem: (text) => {
      const unknown = text === 'all' ? undefined : words(text).find((part) => !find(part))
      return unknown === undefined ? undefined : `There is no stream ${unknown}.`
    },
  })
  if (answer === 'all') return streams
  const chosen = new Set(words(answer).map(find))
  return streams.filter((stream) => chosen.has(stream))
}

const fieldNames = ({ jsonSchema }: DiscoveredStream) => Object.keys((jsonSchema.properties ?? {}) as object)

/** Shows what is proposed, and lets it be changed stream by stream. */
export async function askModes(
  questions: Questions,
  streams: readonly DiscoveredStream[],
  proposed: readonly ConfiguredStream[],
  { modes, keepsFiles }: DestinationInfo,
): Promise<readonly ConfiguredStream[]> {
  const { proposeStream } = await import('../../extract-load/index.js')
  let configured = [...proposed]
  for (;;) {
    console.log(modeTable(configured))
    const name = await questions.text({
      label: 'A stream to change, or Enter to take them so',
      isOptional: true,
      problem: (text) => (streams.some((stream) => stream.name === text) ? undefined : `There is no stream ${text}.`),
    })
    const stream = streams.find((one) => one.name === name)
    if (!stream) return configured
    const current = configured.find((one) => one.name === name)
    const changed = proposeStream(stream, await askWishes(questions, stream, current), modes)
    const { fields, mappers, schema, table } = current ?? {}
    const includesFiles =
      stream.isFileBased && keepsFiles
        ? await questions.yes('Load the files that its records are about?', current?.includesFiles ?? false)
        : undefined
    configured = configured.map((one) =>
      one.name === name ? { ...changed, fields, mappers, includesFiles, schema, table } : one,
    )
  }
}

async function askWishes(
  questions: Questions,
  stream: DiscoveredStream,
  current: ConfiguredStream | undefined,
): Promise<StreamWishes> {
  const { hasOwnCursor } = await import('../../extract-load/index.js')
  const columns = fieldNames(stream)
  const unknown = (text: string) => words(text).find((column) => !columns.includes(column))
  const problem = (text: string) => (unknown(text) === undefined ? undefined : `There is no column ${unknown(text)}.`)
  const notes = { full_refresh: 'everything, each time', incremental: 'only what is new' }
  const syncMode = await questions.choice(
    `How to read ${stream.name}`,
    stream.supportedSyncModes.map((value) => ({ label: value, note: notes[value], value })),
    current?.syncMode,
  )
  const key = await questions.text({
    label: 'Primary key',
    help: `The columns that identify a row: the last version of each is kept. Could be: ${columnsOf(stream.primaryKeyCandidates ?? stream.sourceDefinedPrimaryKey) || 'unknown'}.`,
    fallback: columnsOf(current?.primaryKey ?? []) || undefined,
    isOptional: true,
    problem,
  })
  const primaryKey = words(key).map((column) => [column])
  if (syncMode === 'full_refresh') return { syncMode, primaryKey: primaryKey.length > 0 ? primaryKey : undefined }
  const cursor = await questions.text({
    label: 'Cursor',
    help: `The column that tells what is new. Could be: ${columnsOf(stream.cursorCandidates ?? []) || 'unknown'}.`,
    fallback: current?.cursorField?.[0],
    isOptional: hasOwnCursor(stream),
    problem,
  })
  return { syncMode, primaryKey, cursorField: cursor === '' ? undefined : [cursor] }
}

function modeTable(streams: readonly ConfiguredStream[]): string {
  return textTable(
    [{ name: 'stream', isWhole: true }, { name: 'read' }, { name: 'written' }, { name: 'key' }, { name: 'cursor' }],
    streams.map(({ name, syncMode, destinationSyncMode, primaryKey = [], cursorField = [] }) => [
      name,
      syncMode,
      destinationSyncMode,
      columnsOf(primaryKey),
      cursorField.join('.') || (syncMode === 'incremental' ? out.dim("the source's own") : ''),
    ]),
    { width: terminalWidth() },
  )
}
