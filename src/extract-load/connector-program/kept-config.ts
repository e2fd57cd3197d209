import { registerSecretsIn } from '../../base/index.js'
import type { KeptSettings } from '../connectors/connector.js'
import type { SettingsKeeper } from '../contract.js'
import { type ProgramRole, programError } from '../program-error.js'
import { hashOf, keep, readKept } from './kept.js'

type Config = Readonly<Record<string, unknown>>

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
  const { writtenHash, config } = await readKept(kept)
  if (config === undefined || writtenHash !== hashOf(written)) return written
  registerSecretsIn(config)
  return config
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
  await keep(kept, { writtenHash: hashOf(written), config })
}
