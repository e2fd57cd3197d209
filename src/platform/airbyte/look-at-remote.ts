import type { CallOptions, DiscoveredStream } from '../../extract-load/index.js'
import type { ConnectionSpec, RemoteConnection } from '../../orchestrate/index.js'
import type { AirbyteServers } from './airbyte-servers.js'
import { streamLabel } from './stream-label.js'

/** What a connection elsewhere loads, with fields, as its server knows it. @throws AIRBYTE_… */
export async function remoteStreams(
  servers: AirbyteServers,
  { server, id }: RemoteConnection,
  options: CallOptions = {},
): Promise<readonly DiscoveredStream[]> {
  const found = await servers.client(server)?.configuredConnection(id, options)
  return (found?.syncCatalog.streams ?? [])
    .filter(({ config }) => config.selected)
    .map(({ stream }) => ({
      name: stream.name,
      namespace: stream.namespace,
      jsonSchema: stream.jsonSchema ?? {},
      supportedSyncModes: (stream.supportedSyncModes ?? []).filter(
        (mode) => mode === 'full_refresh' || mode === 'incremental',
      ),
      sourceDefinedCursor: stream.sourceDefinedCursor ?? false,
      defaultCursorField: stream.defaultCursorField ?? [],
      sourceDefinedPrimaryKey: stream.sourceDefinedPrimaryKey ?? [],
    }))
}

/** Up to where a connection elsewhere was read, for its page. @throws AIRBYTE_… */
export async function remoteStates(servers: AirbyteServers, { remote, streams }: ConnectionSpec) {
  const { server = '', id = '' } = remote ?? {}
  const state = await servers.client(server)?.state(id, { once: true, signal: AbortSignal.timeout(patienceMs) })
  const value = (text: string) => JSON.parse(text) as unknown
  const ofStreams = (state?.streams ?? []).flatMap(({ name, namespace, state: text }) =>
    text === undefined ? [] : [{ stream: streamLabel(streams, name, namespace) ?? name, state: value(text) }],
  )
  const whole = state?.shared ?? state?.legacy
  return whole === undefined ? ofStreams : [{ stream: 'all streams', state: value(whole) }, ...ofStreams]
}

/** A page does not wait for a server that is away. */
const patienceMs = 3_000
