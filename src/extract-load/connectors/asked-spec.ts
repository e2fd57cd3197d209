import { interpolateEnv } from '../../base/index.js'
import { type ProgramSpec, programSpec } from '../connector-program/program-spec.js'
import { programSettingsSchema } from '../connector-program/settings.js'
import type { Connection, JsonSchema } from '../contract.js'
import type { ProgramRole } from '../program-error.js'
import { airbyteConnector } from './airbyte/index.js'
import { connectorOf, destinationOf } from './registry.js'

export type SourceSpec = Pick<ProgramSpec, 'spec' | 'documentationUrl'>

const programSchema = programSettingsSchema.pick({ image: true, command: true, container_engine: true })

export interface SpecPlace {
  /** Where relative paths of programs start. */
  readonly dir: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
}

type End = Connection['source']

/**
 * The settings that a source takes. Those of an Airbyte connector lie below `config`: they are asked of the connector as
 * soon as the config names it.
 * @throws CONNECTOR_NOT_FOUND, ENV_MISSING, and whatever asking throws
 */
export const sourceSpec = (source: End, place: SpecPlace): Promise<SourceSpec> =>
  endSpec('source', source, connectorOf(source.connector).spec, place)

/** The same of a destination. */
export const destinationSpec = (destination: End, place: SpecPlace): Promise<SourceSpec> =>
  endSpec('destination', destination, destinationOf(destination.connector).spec, place)

async function endSpec(
  role: ProgramRole,
  { connector, config }: End,
  spec: JsonSchema,
  { env, ...where }: SpecPlace,
): Promise<SourceSpec> {
  if (connector !== airbyteConnector.name) return { spec }
  const named = Object.keys(programSchema.shape).filter((name) => config[name] !== undefined)
  const program = programSchema.safeParse(
    interpolateEnv(Object.fromEntries(named.map((name) => [name, config[name]])), env),
  ).data
  if (!program || (program.image === undefined) === (program.command === undefined)) return { spec }
  const { image, command, container_engine: containerEngine } = program
  const asked = await programSpec(
    { image, command: command === undefined ? undefined : [command].flat(), containerEngine },
    { ...where, role },
  )
  const properties = spec.properties as Readonly<Record<string, Readonly<Record<string, unknown>>>>
  const { title, order } = properties.config ?? {}
  const isNeeded = Array.isArray(asked.spec.required) && asked.spec.required.length > 0
  return {
    spec: {
      ...spec,
      ...(isNeeded ? { required: ['config'] } : {}),
      properties: { ...properties, config: { ...asked.spec, title, order } },
    },
    documentationUrl: asked.documentationUrl,
  }
}
