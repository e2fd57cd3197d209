import { type ErrorJson, isMapping, redactDeep, toMillraceError } from '../../../../base/index.js'
import type { JsonSchema } from '../../../contract.js'
import type { Exchange, Mapping, SourceEvent } from '../../../declarative/component-contract.js'
import { noCursorKey } from '../../../declarative/components/cursors/no-cursor.js'
import { readJson, writeJson } from '../../../declarative/index.js'
import type { DeclarativeSource, SourceStream } from '../../../declarative/source/declarative-source.js'
import { extractLoadErrors } from '../../../errors.js'
import { declaredColumns } from '../../../protocol/declared-types.js'
import { streamsHint } from '../../../unknown-stream.js'
import type { ConnectorContext } from '../../connector.js'
import type { ManifestPreview, PreviewRequest, ShownExchange, ShownLog, StreamPreview } from '../../preview.js'
import { type ManifestUse, openManifest } from '../manifest/open-manifest.js'
import { EmptyStreams } from './empty-streams.js'
import { schemaOfRecords } from './records-schema.js'
import { streamFailure } from './stream-failure.js'
import { unreadStates } from './unread-states.js'

/** Reads the first records of streams, and keeps what was asked and answered for them. @throws STREAM_NOT_FOUND and what is wrong with the manifest or its config */
export async function previewManifest(
  context: ConnectorContext,
  use: ManifestUse,
  { streams: wanted, states = {}, limits }: PreviewRequest,
): Promise<ManifestPreview> {
  const exchanges: Exchange[] = []
  const logs: ShownLog[] = []
  const reasons = new EmptyStreams()
  const { manifest, source, dispose } = await openManifest(context, use, {
    limits,
    isImpatient: true,
    onExchange: (exchange) => exchanges.push(exchange),
    onSaid: (event) => event.type === 'log' && logs.push({ level: event.level, message: event.message }),
  })
  try {
    const names = await source.names()
    refuseUnknown(wanted ?? [], names)
    for (const message of manifest.undeclaredSettings?.() ?? []) logs.push({ level: 'warn', message })
    const unread = unreadStates(Object.keys(states), names)
    if (unread !== undefined) logs.push({ level: 'warn', message: unread })
    const chosen = await source.discover(wanted)
    const seen = new Map(chosen.map(({ name }) => [name, new Seen(limits.records)]))
    for await (const event of source.read(chosen.map((stream) => readingOf(stream, states[stream.name]))))
      if (event.type === 'log' && event.level === 'debug') continue
      else if (event.type === 'log') {
        logs.push({ level: event.level, message: event.message })
        if (event.ifEmpty !== undefined) reasons.note(event.ifEmpty, event.message)
      } else if (event.stream !== undefined) seen.get(event.stream)?.take(event)
    const shown = (stream: string | undefined) =>
      exchanges.filter((one) => (seen.has(one.stream) ? one.stream : undefined) === stream).map(shownExchange)
    return redactDeep({
      streams: chosen.map(({ name, jsonSchema }) => ({
        stream: name,
        schema: jsonSchema,
        exchanges: shown(name),
        ...(states[name] && { begin: plainJson(states[name]) }),
        ...(seen.get(name) as Seen).outcome(reasons.of(name), jsonSchema),
      })),
      exchanges: shown(undefined),
      logs,
    })
  } finally {
    await dispose()
  }
}

/** As other programs read it. Whole numbers that they would round are texts. */
const plainJson = (value: unknown) => JSON.parse(writeJson(withoutLongNumbers(value))) as Mapping

function withoutLongNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return value.map(withoutLongNumbers)
  if (!isMapping(value) || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutLongNumbers(one)]))
}

/** As it is now, of nothing but JSON. @throws RECORD_NOT_JSON */
const exactly = (record: Mapping) => readJson(writeJson(record)) as Mapping

class Seen {
  readonly #limit: number
  /** Exactly: what they have is told of them. */
  readonly #records: Mapping[] = []
  #state: Mapping | undefined
  #error: ErrorJson | undefined

  constructor(limit: number) {
    this.#limit = limit
  }

  take(event: SourceEvent): void {
    if (event.type === 'records')
      this.#records.push(...event.records.slice(0, this.#limit - this.#records.length).map(exactly))
    else if (event.type === 'state') this.#state = plainJson(event.state)
    else if (event.type === 'error') this.#error ??= toMillraceError(streamFailure(event)).toJSON()
  }

  outcome(
    whyEmpty: string | undefined,
    schema: JsonSchema,
  ): Pick<StreamPreview, 'records' | 'whyEmpty' | 'undeclared' | 'inferredSchema' | 'state' | 'error'> {
    const declared = new Set(declaredColumns(schema).map(({ key }) => key))
    const names = new Set(this.#records.flatMap((record) => Object.keys(record)))
    const isOfNothing = this.#error !== undefined && this.#records.length === 0
    return {
      records: this.#records.map(plainJson),
      ...(this.#records.length === 0 && whyEmpty !== undefined ? { whyEmpty } : {}),
      undeclared: [...names].filter((name) => !declared.has(name)),
      ...(this.#records.length > 0 ? { inferredSchema: schemaOfRecords(this.#records) } : {}),
      state: isOfNothing || this.#state?.[noCursorKey] ? undefined : this.#state,
      ...(this.#error ? { error: this.#error } : {}),
    }
  }
}

function refuseUnknown(wanted: readonly string[], names: readonly string[]): void {
  const unknown = wanted.find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw extractLoadErrors.create('STREAM_NOT_FOUND', {
      message: `The source has no stream \`${unknown}\`.`,
      hint: streamsHint(unknown, names),
    })
}

/** As the source would read it by itself. */
function readingOf(
  { name, supportedSyncModes, defaultCursorField, sourceDefinedPrimaryKey }: SourceStream,
  state: Mapping | undefined,
): Parameters<DeclarativeSource['read']>[0][number] {
  const syncMode = supportedSyncModes.includes('incremental') ? 'incremental' : 'full_refresh'
  return {
    stream: {
      name,
      syncMode,
      cursorField: defaultCursorField.length > 0 ? defaultCursorField : undefined,
      primaryKey: sourceDefinedPrimaryKey,
    },
    state,
  }
}

function shownExchange({ request, response, slice, isAuxiliary }: Exchange): ShownExchange {
  const { method, url, headers, body } = request
  return {
    request: {
      method,
      url,
      headers: headers.map(([name, value]) => [name, value] as const),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : Buffer.from(body).toString('utf8') }),
    },
    ...(response && {
      response: { status: response.status, headers: Object.fromEntries(response.headers), body: response.body },
    }),
    ...(slice && { slice: plainJson({ ...slice.partition, ...slice.cursorSlice }) }),
    isAuxiliary,
  }
}
