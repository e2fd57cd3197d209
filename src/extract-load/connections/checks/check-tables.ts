import type { Connection } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import type { ConnectionDocument } from '../document/connection-document.js'
import { connectionStreams, isTooLong, lacksNamespace, namespaceVariable } from '../schema/streams.js'

/** Every stream has a table of its own, or a folder, whose name a warehouse takes. @throws CONNECTION_INVALID */
export function checkTables(connection: Connection, document: ConnectionDocument): void {
  const taken = new Map<string, string>()
  for (const { name, schema, table, location } of connectionStreams(connection)) {
    const configured = connection.streams.find((one) => one.name === name)
    const invalid = (setting: 'schema' | 'table' | undefined, message: string, hint: string) => {
      const own = setting !== undefined && configured?.[setting] !== undefined ? [setting] : []
      const place = configured ? ['streams', name, ...own] : ['destination']
      return extractLoadErrors.create('CONNECTION_INVALID', { message, ...document.show(place), hint })
    }
    if (lacksNamespace(connection, configured ?? { name, syncMode: 'full_refresh', destinationSyncMode: 'overwrite' }))
      throw invalid(
        'schema',
        `Where the stream \`${name}\` lies is not known without asking its source, so that \`\${${namespaceVariable}}\` says nothing.`,
        'Give the stream a `schema` of its own, or write a name for all of them below `destination`.',
      )
    for (const [setting, value] of [
      ['schema', schema],
      ['table', table],
    ] as const)
      if (isTooLong(value))
        throw invalid(
          setting,
          `The ${setting} \`${value}\` of the stream \`${name}\` has more than 63 bytes, which PostgreSQL cuts off.`,
          'Choose a shorter one.',
        )
    // DuckDB does not tell upper and lower case apart.
    const relation = `${schema}.${table}`
    const other = taken.get(relation.toLowerCase())
    if (other !== undefined)
      throw invalid(
        'table',
        `The streams \`${other}\` and \`${name}\` would both be loaded into ${location ?? relation}.`,
        `Give one of them another \`table\`, such as \`${table}_2\`.`,
      )
    taken.set(relation.toLowerCase(), name)
  }
}
