import type { ConnectionDraft, DestinationInfo } from '../../extract-load/index.js'
import { cliErrors } from '../errors.js'
import type { Questions } from '../questions.js'
import { askSettings } from './ask-settings.js'
import { readSetFlags } from './set-flags.js'
import type { SettingSchema } from './setting-schema.js'

export const usualSchema = 'raw'
const warehouse = 'warehouse'

interface DestinationFlags {
  readonly destination?: string
  readonly destinationSet?: readonly string[]
  readonly schema?: string
  readonly prefix?: string
  readonly cdcDeletes?: 'hard' | 'soft'
}

export interface ChosenDestination {
  readonly draft: ConnectionDraft['destination']
  readonly info: DestinationInfo
}

/**
 * Where the streams go. The warehouse needs a schema; another destination has settings of its own.
 * @throws CLI_USAGE
 */
export async function destinationFor(
  name: string,
  asking: Questions | undefined,
  { destinationSet = [], ...flags }: DestinationFlags,
): Promise<ChosenDestination> {
  const info = await destinationNamed(flags.destination ?? (await askDestination(asking, destinationSet)))
  const spec = info.spec as SettingSchema
  const given = readSetFlags(destinationSet, spec)
  const text = (label: string, more: { help?: string; fallback?: string; isOptional?: boolean } = {}) =>
    asking?.text({ label, ...more })
  if (info.isWarehouse) {
    const schema = flags.schema ?? (await text('Schema of the tables', { fallback: usualSchema })) ?? usualSchema
    const config = destinationSet.length > 0 ? { config: given } : {}
    return { info, draft: { schema, ...config, ...(await others('tables')) } }
  }
  const config = asking ? await askSettings(asking, spec, given) : given
  return { info, draft: { connector: info.name, config, schema: flags.schema, ...(await others('streams')) } }

  async function others(what: string) {
    const prefix =
      flags.prefix ?? (await text(`Prefix of the ${what}`, { help: `Such as ${name}_`, isOptional: true })) ?? ''
    return { prefix, cdcDeletes: flags.cdcDeletes }
  }
}

/** Whoever names settings and no destination means those of the warehouse, which says that it has none. */
async function askDestination(asking: Questions | undefined, settings: readonly string[]): Promise<string> {
  if (!asking || settings.length > 0) return warehouse
  const { listDestinations } = await import('../../extract-load/index.js')
  return asking.choice(
    'Where do the streams go?',
    listDestinations().map((one) => ({ label: one.name, note: one.description, value: one.name })),
    warehouse,
  )
}

async function destinationNamed(name: string): Promise<DestinationInfo> {
  const { listDestinations } = await import('../../extract-load/index.js')
  const all = listDestinations()
  const found = all.find((one) => one.name === name)
  if (found) return found
  throw cliErrors.create('CLI_USAGE', {
    message: `There is no destination \`${name}\`.`,
    hint: `Destinations: ${all.map((one) => one.name).join(', ')}. \`millrace connectors\` describes them.`,
  })
}
