import type { JsonSchema } from '../contract.js'
import type { ProgramRole } from '../program-error.js'
import { ConnectorProgram } from './connector-program.js'
import { programSettingsSchema } from './settings.js'

/** Which program to ask: an image, or a command of this machine. */
export interface ProgramChoice {
  readonly image?: string | undefined
  readonly command?: readonly string[] | undefined
  readonly containerEngine?: string | undefined
}

export interface ProgramSpec {
  readonly spec: JsonSchema
  readonly documentationUrl?: string | undefined
  /** What a destination can do with rows, where it says so. */
  readonly destinationSyncModes?: readonly string[] | undefined
}

/** What an Airbyte connector tells of itself, asked of the connector. @throws SOURCE_PROGRAM_MISSING and others, or those of the destination */
export async function programSpec(
  { image, command, containerEngine }: ProgramChoice,
  { dir, signal, role = 'source' }: { dir: string; signal?: AbortSignal | undefined; role?: ProgramRole },
): Promise<ProgramSpec> {
  const settings = programSettingsSchema.parse({ image, command, container_engine: containerEngine })
  return askSpec(new ConnectorProgram(role, settings, { projectDir: dir, signal }))
}

export async function askSpec(program: ConnectorProgram): Promise<ProgramSpec> {
  const { spec } = await program.ask('spec', 'SPEC')
  return {
    spec: spec.connectionSpecification,
    documentationUrl: spec.documentationUrl ?? undefined,
    destinationSyncModes: spec.supported_destination_sync_modes ?? undefined,
  }
}
