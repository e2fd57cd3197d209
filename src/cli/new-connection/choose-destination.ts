import type { ConfiguredStream, ConnectionDraft } from '../../extract-load/index.js'
import { cliErrors } from '../errors.js'
import type { Questions } from './questions.js'
import { readSetFlags } from './set-flags.js'
import type { SettingSchema } from './setting-schema.js'

export const usualSchema = 'raw'
const warehouse = 'warehouse'

interface DestinationFlags {
  readonly destination?: string
  readonly destinationSet?: readonly string[]
  readonly schema?: string
  readonly prefix?: string
}

/**
 * Where the streams go. The warehouse needs a schema; another destination is named by flags, with what it takes.
 * @throws CLI_USAGE
 */
export async function destinationFor(
  name: string,
  asking: Questions | undefined,
  { destination = warehouse, destinationSet = [], ...flags }: DestinationFlags,
): Promise<ConnectionDraft['destination']> {
  const { spec } = await destinationNamed(destination)
  const prefixOf = async (what: string) =>
    flags.prefix ??
    (await asking?.text({ label: `Prefix of the ${what}`, help: `Such as ${name}_`, isOptional: true })) ??
    ''
  if (destination !== warehouse)
    return {
      connector: destination,
      config: readSetFlags(destinationSet, spec as SettingSchema),
      schema: flags.schema,
      prefix: await prefixOf('streams'),
    }
  const schema =
    flags.schema ?? (await asking?.text({ label: 'Schema of the tables', fallback: usualSchema })) ?? usualSchema
  const config = readSetFlags(destinationSet, spec as SettingSchema)
  return { schema, prefix: await prefixOf('tables'), ...(destinationSet.length > 0 ? { config } : {}) }
}

/** What is proposed for tables, as the destination can take it: rows that it cannot replace are added. */
export async function inModesOf(
  { connector = warehouse }: ConnectionDraft['destination'],
  streams: readonly ConfiguredStream[],
): Promise<readonly ConfiguredStream[]> {
  const { modes } = await destinationNamed(connector)
  return streams.map((stream) =>
    stream.destinationSyncMode === 'append_dedup' && !modes.includes('append_dedup')
      ? { ...stream, destinationSyncMode: 'append' }
      : stream,
  )
}

async function destinationNamed(name: string) {
  const { listDestinations } = await import('../../extract-load/index.js')
  const all = listDestinations()
  const found = all.find((one) => one.name === name)
  if (found) return found
  throw cliErrors.create('CLI_USAGE', {
    message: `There is no destination \`${name}\`.`,
    hint: `Destinations: ${all.map((one) => one.name).join(', ')}. \`millrace connectors\` describes them.`,
  })
}
