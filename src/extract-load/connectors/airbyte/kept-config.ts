import { registerSecretsIn } from '../../../base/index.js'
import { extractLoadErrors } from '../../errors.js'
import type { ConnectorContext } from '../connector.js'
import { hashOf, keep, readKept } from './kept.js'

type Config = Readonly<Record<string, unknown>>

/** The config as the connector last had it changed, or else as the connection's file writes it. */
export async function currentConfig(context: ConnectorContext, written: Config): Promise<Config> {
  const { writtenHash, config } = await readKept(context)
  if (config === undefined || writtenHash !== hashOf(written)) return written
  registerSecretsIn(config)
  return config
}

/** Keeps a config that the connector changed: with the old one it may not get in any more. @throws SOURCE_PROTOCOL_BROKEN */
export async function keepConfig(context: ConnectorContext, written: Config, config: Config): Promise<void> {
  registerSecretsIn(config)
  if (!context.kept)
    throw extractLoadErrors.create('SOURCE_PROTOCOL_BROKEN', {
      message: 'The connector changed its settings, and there is nothing to keep them in.',
      hint: 'Sync the connection with `millrace sync` or in a run.',
    })
  await keep(context, { writtenHash: hashOf(written), config })
}
