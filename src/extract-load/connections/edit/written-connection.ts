import { isMapping } from '../../../base/index.js'
import type { ConfiguredStream, ConnectionDraft, WrittenPace } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import { readConnectionDocument } from '../document/connection-document.js'
import { configured, configuredDestination } from '../read-connections.js'
import { connectionSchema } from '../schema/schema.js'
import { isReference } from '../secrets/secret-references.js'

/** What a key is held to be while nobody needs it. */
const anyKey = '0'.repeat(64)

/**
 * What the file of a connection says, with the names of variables where it names some: for whoever changes it. The settings of both ends are
 * as they stand there, secrets that stand in clear among them.
 * @throws CONNECTION_NOT_EDITABLE where a variable stands for what is no text, YAML_SYNTAX
 */
export function writtenConnection(
  text: string,
  file: string,
): ConnectionDraft & { readonly retries?: WrittenPace; readonly timeouts?: WrittenPace } {
  const document = readConnectionDocument(text, file)
  const { value } = document
  const parsed = connectionSchema.safeParse(withStreams(value, (mapper) => ({ ...mapper, key: anyKey })))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const path = (issue?.path ?? []).filter((part) => typeof part !== 'symbol')
    throw extractLoadErrors.create('CONNECTION_NOT_EDITABLE', {
      message: `\`${path.join('.')}\` of ${file} cannot be told before its variables have their values.`,
      ...document.show(path),
      hint: 'A form cannot change it without losing that: change the file by hand.',
    })
  }
  const { name, source, destination, streams, schedule, schema_changes: schemaChanges } = parsed.data
  return {
    name,
    source,
    destination: configuredDestination(destination),
    streams: Object.entries(streams ?? {}).map(([stream, settings]) =>
      withKeys(configured(stream, settings, parsed.data), value),
    ),
    schemaChanges,
    schedule: schedule && { cron: schedule.cron, timezone: schedule.timezone },
    ...paceOf(value),
  }
}

type Mapping = Readonly<Record<string, unknown>>

/** As it is written, without what is usual; it was found right before. */
const paceOf = (value: unknown) =>
  Object.fromEntries(
    ['retries', 'timeouts'].flatMap((name) =>
      isMapping(value) && isMapping(value[name]) ? [[name, value[name] as WrittenPace]] : [],
    ),
  )

/** A copy in which mappers whose key is a variable are others. */
function withStreams(value: unknown, keyed: (mapper: Mapping) => Mapping): unknown {
  if (!isMapping(value) || !isMapping(value.streams)) return value
  const streams = Object.entries(value.streams).map(([name, settings]) => {
    if (!isMapping(settings) || !Array.isArray(settings.mappers)) return [name, settings]
    const mappers = settings.mappers.map((mapper: unknown) =>
      isMapping(mapper) && typeof mapper.key === 'string' && isReference(mapper.key) ? keyed(mapper) : mapper,
    )
    return [name, { ...settings, mappers }]
  })
  return { ...value, streams: Object.fromEntries(streams) }
}

/** With the keys of its mappers as they stand in the file. */
function withKeys(stream: ConfiguredStream, value: unknown): ConfiguredStream {
  const settings = isMapping(value) && isMapping(value.streams) ? value.streams[stream.name] : undefined
  const written = isMapping(settings) && Array.isArray(settings.mappers) ? settings.mappers : []
  const mappers = stream.mappers?.map((mapper, i) => {
    const own: unknown = written[i]
    return mapper.type === 'encryption' && mapper.algorithm !== 'RSA' && isMapping(own)
      ? { ...mapper, key: String(own.key) }
      : mapper
  })
  return mappers ? { ...stream, mappers } : stream
}
