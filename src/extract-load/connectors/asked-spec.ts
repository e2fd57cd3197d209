import { interpolateEnv } from '../../base/index.js'
import { type ProgramSpec, programSpec } from '../connector-program/program-spec.js'
import { programSettingsSchema } from '../connector-program/settings.js'
import type { Connection, JsonSchema } from '../contract.js'
import type { ProgramRole } from '../program-error.js'
import { airbyteConnector } from './airbyte/index.js'
import { declarativeConnector } from './declarative/index.js'
import { manifestSettings } from './declarative/manifest/manifest-settings.js'
import { withInnerSpec } from './inner-spec.js'
import { connectorOf, destinationOf } from './registry.js'

export type SourceSpec = Pick<ProgramSpec, 'spec' | 'documentationUrl'>

const programSchema = programSettingsSchema.pick({ image: true, command: true, container_engine: true })

export interface SpecPlace {
  /** Where relative paths of programs start. */
  readonly dir: string
  /** Of the project's connections: connectors that were added lie there. */
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
}

type End = Connection['source']

/**
 * The settings that a source takes. Those of an Airbyte connector lie below `config`, and so do those of a manifest: they are asked of the
 * connector, or read, as soon as the config names it.
 * @throws CONNECTOR_NOT_FOUND, ENV_MISSING, and whatever asking throws
 */
export async function sourceSpec(source: End, place: SpecPlace): Promise<SourceSpec> {
  const { spec } = connectorOf(source.connector, place)
  if (source.connector === declarativeConnector.name) return manifestSettings(source.config, spec, place)
  return endSpec('source', source, spec, place)
}

/** The same of a destination. */
export const destinationSpec = (destination: End, place: SpecPlace): Promise<SourceSpec> =>
  endSpec('destination', destination, destinationOf(destination.connector).spec, place)

async function endSpec(
  role: ProgramRole,
  { connector, config }: End,
  spec: JsonSchema,
  { env, dir, signal }: SpecPlace,
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
    { dir, signal, role },
  )
  return { spec: withInnerSpec(spec, asked.spec), documentationUrl: asked.documentationUrl }
}
