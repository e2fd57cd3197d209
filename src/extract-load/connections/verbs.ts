import type { Clock } from '../../base/index.js'
import { keptSettings } from '../connector-program/kept-config.js'
import type { ConnectorContext } from '../connectors/connector.js'
import { connectorOf, destinationOf } from '../connectors/registry.js'
import type { CheckResult, Connection, DiscoveredStream, SettingsKeeper } from '../contract.js'

export interface VerbOptions {
  readonly connection: Connection
  readonly projectDir: string
  readonly signal?: AbortSignal | undefined
  readonly clock?: Clock | undefined
  readonly settingsKeeper?: SettingsKeeper | undefined
}

export function contextOf({ connection, projectDir, signal, clock, settingsKeeper }: VerbOptions): ConnectorContext {
  return {
    config: connection.source.config,
    projectDir,
    file: connection.file,
    locate: connection.locate,
    signal,
    clock,
    kept: keptSettings(settingsKeeper, connection.name, 'source'),
  }
}

/** Whether the source can be reached with this configuration, and the destination; failures are a result, not an exception. */
export async function checkConnection(options: VerbOptions): Promise<CheckResult> {
  const { source, destination } = options.connection
  const ofSource = await connectorOf(source.connector).check(contextOf(options))
  if (ofSource.status === 'failed') return ofSource
  const ofDestination = await destinationOf(destination.connector).check?.(options)
  if (ofDestination === undefined || ofDestination.status === 'failed') return ofDestination ?? ofSource
  return { ...ofSource, message: [ofSource.message, ofDestination.message].filter(Boolean).join('; ') }
}

/** The source's streams with their types, as they are now. */
export async function discoverConnection(options: VerbOptions): Promise<readonly DiscoveredStream[]> {
  return connectorOf(options.connection.source.connector).discover(contextOf(options))
}
