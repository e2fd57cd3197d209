import { didYouMean, type MillraceError } from '../base/index.js'
import type { ConnectionSpec } from '../orchestrate/index.js'

/** A connection was named on the command line that the project does not have, or it has none. */
export async function connectionNotFound(
  name: string | undefined,
  connections: readonly ConnectionSpec[],
): Promise<MillraceError> {
  const { platformErrors } = await import('../platform/index.js')
  const names = connections.map((connection) => connection.name)
  return platformErrors.create('CONNECTION_NOT_FOUND', {
    message: name === undefined ? 'The project has no connections yet.' : `There is no connection \`${name}\`.`,
    hint:
      names.length === 0
        ? 'Add one YAML file per connection below extract_load/; docs/connections.md shows one.'
        : [didYouMean(name ?? '', names), `Connections: ${names.join(', ')}.`].filter((part) => part).join(' '),
  })
}
