import type { Clock } from '../../base/index.js'
import type { ConnectorContext } from '../connectors/connector.js'
import { connectorOf } from '../connectors/registry.js'
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
    kept: settingsKeeper && {
      read: () => settingsKeeper.read(connection.name),
      write: (text) => settingsKeeper.write(connection.name, text),
    },
  }
}

/** Whether the source can be reached with this configuration; failures are a result, not an exception. */
export function checkConnection(options: VerbOptions): Promise<CheckResult> {
  return connectorOf(options.connection.source.connector).check(contextOf(options))
}

/** The source's streams with their types, as they are now. */
export async function discoverConnection(options: VerbOptions): Promise<readonly DiscoveredStream[]> {
  return connectorOf(options.connection.source.connector).discover(contextOf(options))
}
