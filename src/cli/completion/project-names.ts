import { readdirSync, readFileSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { readYaml } from '../../base/index.js'
import { connectionsFolder, projectFiles } from '../project-files.js'

/**
 * Names that a command line may hold. They are read from the project's files as they lie there: a key press must not
 * open a database, parse templates or run the user's code, and a broken file is left out without a word.
 */
export interface ProjectNames {
  readonly connections: readonly string[]
  readonly streams: readonly string[]
  /** Models, seeds and snapshots. */
  readonly nodes: readonly string[]
  readonly assets: readonly string[]
  /** Schedules, sensors, automations. */
  readonly automations: readonly string[]
  /** That were added to the project. */
  readonly connectors: readonly string[]
}

export function projectNames(startDir: string): ProjectNames {
  const files = projectFiles(startDir)
  if (!files) return { connections: [], streams: [], nodes: [], assets: [], automations: [], connectors: [] }
  const folder = connectionsFolder(files)
  const connections = readConnections(folder)
  const nodes = dbtNodes(files.path('dbt', 'transformation/dbt'))
  const definitions = files.path('definitions', 'orchestration/definitions.ts')
  const written = quietly(() => readFileSync(definitions, 'utf8'), '')
  return {
    connections: connections.map(({ name }) => name),
    streams: connections.flatMap(({ streams }) => streams),
    nodes,
    assets: [
      ...connections.flatMap(({ schema, streams }) => streams.map((stream) => `${schema}/${stream}`)),
      ...nodes,
      ...[...written.matchAll(/\basset\(\s*['"`]([^'"`]+)/g)].map((match) => match[1] as string),
    ],
    connectors: quietly(() => readdirSync(join(folder, connectorsName)), []),
    automations: [
      ...connections.flatMap(({ name, hasSchedule }) => (hasSchedule ? [`sync_${name}`] : [])),
      ...[...written.matchAll(/\b(?:schedule|sensor|automation)\(\s*['"`]([^'"`]+)/g)].map(
        (match) => match[1] as string,
      ),
    ],
  }
}

/** What lies there are no connections. */
const connectorsName = 'connectors'

function readConnections(folder: string) {
  const files = filesBelow(folder, connectorsName).filter((file) => /\.ya?ml$/.test(file))
  return files.flatMap((file) => {
    const connection = mapping(quietly(() => yaml(file), undefined))
    if (typeof connection.name !== 'string') return []
    const { schema, connector } = mapping(connection.destination)
    return {
      name: connection.name,
      // What is no table is called by its connection.
      schema: typeof schema === 'string' ? schema : `${String(connector)}/${connection.name}`,
      streams: Object.keys(mapping(connection.streams)),
      hasSchedule: connection.schedule !== undefined,
    }
  })
}

function dbtNodes(dbtDir: string): string[] {
  const named = (folder: string, ending: string) =>
    filesBelow(join(dbtDir, folder)).filter((file) => extname(file) === ending)
  return [...named('models', '.sql'), ...named('seeds', '.csv'), ...named('snapshots', '.sql')].map((file) =>
    basename(file, extname(file)),
  )
}

function filesBelow(folder: string, except?: string): string[] {
  const entries = quietly(() => readdirSync(folder, { withFileTypes: true }), [])
  return entries
    .filter(({ name }) => name !== except)
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? filesBelow(path) : [path]
    })
}

const yaml = (file: string): unknown => readYaml(readFileSync(file, 'utf8'), file).value

function mapping(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
}

function quietly<T>(read: () => T, fallback: T): T {
  try {
    return read()
  } catch {
    return fallback
  }
}
