import { createHash } from 'node:crypto'
import { z } from 'zod'
import { registerSecretsIn } from '../../base/index.js'
import type { KeptSettings } from '../connectors/connector.js'
import type { SettingsKeeper } from '../contract.js'
import { type ProgramRole, programError } from '../program-error.js'

type Config = Readonly<Record<string, unknown>>

/** What is kept of a config that its connector changed. */
const keptSchema = z.object({
  /** Of the config in the connection's file: when somebody changes it there, that one holds again. */
  writtenHash: z.string(),
  config: z.record(z.string(), z.unknown()),
})
type Kept = z.output<typeof keptSchema>

const hashOf = (config: Config) => createHash('sha256').update(JSON.stringify(config)).digest('hex')

/** Where the connector of one end of a connection keeps what it changes. A connection's name has no dot. */
export function keptSettings(
  keeper: SettingsKeeper | undefined,
  connection: string,
  role: ProgramRole,
): KeptSettings | undefined {
  const name = role === 'source' ? connection : `${connection}.${role}`
  return keeper && { read: () => keeper.read(name), write: (text) => keeper.write(name, text) }
}

/** The config as the connector last had it changed, or else as the connection's file writes it. */
export async function currentConfig(kept: KeptSettings | undefined, written: Config): Promise<Config> {
  const text = await kept?.read()
  if (text === undefined) return written
  const known = parsed(text)
  if (known?.writtenHash !== hashOf(written)) return written
  registerSecretsIn(known.config)
  return known.config
}

/** A file that somebody damaged is as good as none. */
function parsed(text: string): Kept | undefined {
  try {
    return keptSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Keeps a config that the connector changed: with the old one it may not get in any more. @throws SOURCE_PROTOCOL_BROKEN or that of the destination */
export async function keepConfig(
  kept: KeptSettings | undefined,
  written: Config,
  config: Config,
  role: ProgramRole,
): Promise<void> {
  registerSecretsIn(config)
  if (!kept)
    throw programError(role, 'PROTOCOL_BROKEN', {
      message: 'The connector changed its settings, and there is nothing to keep them in.',
      hint: 'Sync the connection with `millrace sync` or in a run.',
    })
  await kept.write(JSON.stringify({ writtenHash: hashOf(written), config } satisfies Kept))
}
