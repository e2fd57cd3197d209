import { toMillraceError } from '../../base/index.js'
import { type CallOptions, type CheckResult, whoAsks } from '../../extract-load/index.js'
import type { RemoteConnection } from '../../orchestrate/index.js'
import type { AirbyteServers } from './airbyte-servers.js'

/** Whether the server of a connection answers, and still has it. */
export async function checkRemote(
  servers: AirbyteServers,
  { server: name, id }: RemoteConnection,
  options: CallOptions = {},
): Promise<CheckResult> {
  const [client, server] = [servers.client(name), servers.servers.find((one) => one.name === name)]
  if (!client || !server)
    return { status: 'failed', message: `millrace.yaml names no Airbyte server ${name} any more.` }
  const asked = { ...options, once: true }
  try {
    const [connection, instance] = await Promise.all([client.connection(id, asked), client.instance(asked)])
    const version = instance.version === undefined ? '' : ` ${instance.version}`
    const message = `Airbyte${version} at ${server.url} answers ${whoAsks(server.credentials)}; the connection is ${connection.status} there`
    return connection.status === 'active'
      ? { status: 'succeeded', message }
      : {
          status: 'succeeded',
          message,
          warnings: [
            `It is ${connection.status} there, and not synced: ${connection.statusReason ?? 'nobody says why'}.`,
          ],
        }
  } catch (thrown) {
    const error = toMillraceError(thrown)
    return { status: 'failed', message: error.message, error: error.toJSON() }
  }
}
