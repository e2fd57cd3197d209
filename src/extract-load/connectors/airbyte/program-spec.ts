import type { JsonSchema } from '../../contract.js'
import { airbyteConfigSchema } from './config.js'
import { askVerb } from './run-verb.js'

/** Which program to ask: an image, or a command of this machine. */
export interface ProgramChoice {
  readonly image?: string | undefined
  readonly command?: readonly string[] | undefined
  readonly containerEngine?: string | undefined
}

/** The JSON Schema of the settings that an Airbyte connector takes, asked of the connector. @throws SOURCE_PROGRAM_MISSING and others */
export async function programSpec(
  { image, command, containerEngine }: ProgramChoice,
  { dir, signal }: { readonly dir: string; readonly signal?: AbortSignal | undefined },
): Promise<{ readonly spec: JsonSchema; readonly documentationUrl?: string | undefined }> {
  const config = airbyteConfigSchema.parse({ image, command, container_engine: containerEngine })
  const { spec } = await askVerb({ config: {}, projectDir: dir, file: '', signal }, config, 'spec', 'SPEC')
  return { spec: spec.connectionSpecification, documentationUrl: spec.documentationUrl ?? undefined }
}
