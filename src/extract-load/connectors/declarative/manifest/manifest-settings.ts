import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { interpolateEnv } from '../../../../base/index.js'
import type { JsonSchema } from '../../../contract.js'
import { withInnerSpec } from '../../inner-spec.js'
import { manifestSummary } from './manifest-spec.js'

interface Place {
  readonly dir: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The settings of the connector `declarative`, with those of the manifest that a config names, once it names one that is there. */
export function manifestSettings(
  config: Readonly<Record<string, unknown>>,
  spec: JsonSchema,
  { dir, env }: Place,
): { readonly spec: JsonSchema; readonly documentationUrl?: string | undefined } {
  if (typeof config.manifest !== 'string') return { spec }
  const path = resolve(dir, interpolateEnv(config.manifest, env))
  if (!existsSync(path)) return { spec }
  const asked = manifestSummary(readFileSync(path, 'utf8'), path)
  return { spec: withInnerSpec(spec, asked.spec), documentationUrl: asked.documentationUrl }
}
