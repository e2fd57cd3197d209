import { parse } from 'node:path'
import { didYouMean } from '../../../base/index.js'
import {
  broughtStates,
  type Connection,
  listConnectors,
  readConnections,
  type Variables,
} from '../../../extract-load/index.js'
import type { Engine, Project } from '../../contract.js'
import { platformErrors } from '../../errors.js'
import type { AirbyteConnectionFacts } from './airbyte-facts.js'
import type { ImportedConnection } from './import-airbyte.js'
import { type FactsOptions, readFacts } from './read-facts.js'
import { refuseStates } from './refuse-states.js'
import { translateConnection } from './translate-connection.js'
import { translateStates } from './translate-states.js'

/**
 * Brings only the states of Airbyte, as they are now, for connections that were imported before: as their files are, which may have
 * been changed since. No file is written.
 * @throws AIRBYTE_…, IMPORT_…
 */
export async function importStates(
  project: Project,
  engine: Pick<Engine, 'putStates'>,
  options: FactsOptions & {
    /** What the files of connections name; by default the environment. */
    readonly variables?: Variables | undefined
    readonly isDryRun?: boolean | undefined
  },
): Promise<readonly ImportedConnection[]> {
  const { connections: all } = await readFacts(options)
  const { variables = { env: process.env } } = options
  const { connections, problems } = await readConnections(project.dir, project.extractLoadDir, variables)
  const found = all.map((facts) => {
    const { name } = facts
    const connection = connections.find((one) => one.name === name)
    if (!connection) throw problems.find(({ at }) => at && parse(at.file).name === name) ?? notThere(name, connections)
    return { facts, connection, states: statesOf(facts, connection) }
  })
  refuseStates(found.map(({ connection, states }) => ({ name: connection.name, refusals: states?.refusals ?? [] })))
  const imported: ImportedConnection[] = []
  for (const { facts, connection, states } of found) {
    const rows = states ? broughtStates(connection, states.states) : []
    imported.push({
      name: connection.name,
      airbyteName: facts.connection.name,
      source: connection.source.connector,
      destination: connection.destination.connector,
      streams: connection.streams.length,
      states: rows.length === 0 || options.isDryRun ? [] : await engine.putStates(connection.name, rows),
      hasStates: states !== undefined,
    })
  }
  return imported
}

/** Manifests write theirs as Airbyte's own connectors do. */
const keepsOwnStates = (connector: string) =>
  !['airbyte', 'declarative'].includes(connector) && listConnectors().some(({ name }) => name === connector)

function statesOf(facts: AirbyteConnectionFacts, connection: Connection) {
  const { source, name } = connection
  const native = keepsOwnStates(source.connector) ? source.connector : undefined
  if (!facts.state) return undefined
  const { streams } = translateConnection(facts, {
    name,
    prefer: native === undefined ? 'image' : 'native',
    withStates: true,
    intoWarehouse: true,
  })
  // How a stream is read its file says.
  const known = streams.flatMap(({ stream, catalog }) => {
    const own = connection.streams.find((one) => one.name === stream.name)
    return own ? [{ stream: own, catalog }] : []
  })
  return translateStates({
    streams: known,
    state: facts.state,
    native,
    isManifest: native === undefined && source.connector !== 'airbyte',
  })
}

function notThere(name: string, connections: readonly Connection[]) {
  const names = connections.map((one) => one.name)
  return platformErrors.create('IMPORT_NOTHING_FOUND', {
    message: `The project has no connection ${name} whose states could be brought up to date.`,
    hint: [didYouMean(name, names), 'Import it first, without --states-only; or choose others with --connection.']
      .filter(Boolean)
      .join(' '),
  })
}
