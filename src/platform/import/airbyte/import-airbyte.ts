import { basename, join, relative } from 'node:path'
import {
  type BroughtState,
  broughtStates,
  type Connection,
  connectionStreams,
  listDestinations,
  listSources,
  type PutState,
  readDraft,
} from '../../../extract-load/index.js'
import type { Definitions } from '../../../orchestrate/index.js'
import type { Engine, Project } from '../../contract.js'
import { platformErrors } from '../../errors.js'
import { streamKey } from '../../graph/stream-assets.js'
import { Checklist, type Task } from '../checklist.js'
import { type ImportedFile, judgeImported, type WriteOptions, type WrittenFile, writeJudged } from '../written-files.js'
import type { AirbyteConnectionFacts, AirbyteFacts } from './airbyte-facts.js'
import { type FactsOptions, readFacts } from './read-facts.js'
import { refuseStates } from './refuse-states.js'
import type { Variable } from './secrets.js'
import { SourceConnectors } from './source-connectors.js'
import { type TranslatedConnection, translateConnection } from './translate-connection.js'
import type { Preference } from './translate-source.js'
import { type TranslatedStates, translateStates } from './translate-states.js'

export interface ImportAirbyteOptions extends WriteOptions, FactsOptions {
  readonly prefer: Preference
  /** Where rows go: by what Airbyte loads into when left out. */
  readonly destination?: 'warehouse' | 'image' | undefined
}

export interface ImportedConnection {
  readonly name: string
  readonly airbyteName: string
  readonly source: string
  readonly destination: string
  readonly streams: number
  /** How far Airbyte read them, in the table of states. */
  readonly states: readonly PutState[]
  /** They were not told, or not wanted. */
  readonly hasStates: boolean
}

export interface AirbyteImport {
  readonly connections: readonly ImportedConnection[]
  readonly files: readonly WrittenFile[]
  readonly texts: Readonly<Record<string, string>>
  readonly variables: readonly string[]
  readonly tasks: readonly Task[]
}

const sections = {
  secrets:
    'Secrets to set (`millrace secrets set NAME`, Settings → Secrets, or a variable of the environment): Airbyte does not give its own away',
  texts: 'Variables to set: texts in which Airbyte replaces parts itself',
  there: 'Before anything runs here: switch off in Airbyte',
  states: 'States',
  warehouse: 'The warehouse',
  left: 'Left out',
  connections: 'What has no equal, or is to be looked at',
} as const

interface Item {
  readonly facts: AirbyteFacts['connections'][number]
  readonly translated: TranslatedConnection
  readonly states: TranslatedStates | undefined
  readonly connection: Connection
  readonly file: ImportedFile
}

/**
 * Reads what an Airbyte has, writes its connections, and brings its states into the warehouse, so that the next sync goes on where Airbyte
 * was. Airbyte is only asked.
 * @throws AIRBYTE_…, IMPORT_…, CONNECTION_INVALID
 */
export async function importAirbyte(
  project: Project,
  engine: Pick<Engine, 'definitions' | 'health' | 'putStates'>,
  options: ImportAirbyteOptions,
): Promise<AirbyteImport> {
  const facts = await readFacts(options)
  const connectors = await SourceConnectors.open(
    project,
    facts.connections.map(({ source }) => source),
  )
  try {
    return await bring({ project, engine, facts, connectors, options })
  } finally {
    await connectors.close()
  }
}

interface Bringing {
  readonly project: Project
  readonly engine: Pick<Engine, 'definitions' | 'health' | 'putStates'>
  readonly facts: AirbyteFacts
  readonly connectors: SourceConnectors
  readonly options: ImportAirbyteOptions
}

async function bring({ project, engine, facts, connectors, options }: Bringing): Promise<AirbyteImport> {
  const checklist = new Checklist(Object.values(sections))
  const { warehouse } = await engine.health()
  const readable = readableOf(facts, connectors, checklist)
  const items = readable.map((one) => translated(one, project, connectors, warehouse.type, options))
  refuseStates(items.map(({ connection, states }) => ({ name: connection.name, refusals: states?.refusals ?? [] })))
  refuseTaken(items, await engine.definitions())
  for (const item of items) tell(item, checklist, options)
  for (const note of facts.notes) checklist.add(sections.connections, `${note}.`)
  if (items.some(({ connection }) => connection.destination.connector === 'warehouse'))
    checklist.add(
      sections.warehouse,
      `The warehouse of this project (${warehouse.type}) has to be the one that Airbyte loads into: its tables are gone on with. One that is not there is loaded from the beginning.`,
    )
  const list = join(relative(project.dir, project.extractLoadDir), listName(items, options))
  const used = new Set(items.map(({ connection }) => connection.source.connector))
  const files = [
    ...connectors.filesOf(used),
    ...items.map(({ file }) => file),
    { path: list, text: markdown(checklist, options) },
  ]
  const judged = await judgeImported(project.dir, files, options)
  const connections: ImportedConnection[] = []
  for (const { facts: one, connection, states } of items) {
    const rows = states ? broughtStates(connection, states.states) : []
    connections.push({
      name: connection.name,
      airbyteName: one.connection.name,
      source: shownConnector(connection.source),
      destination: shownConnector(connection.destination),
      streams: connection.streams.length,
      states: options.isDryRun ? [] : await putRows(engine, connection.name, rows),
      hasStates: states !== undefined,
    })
  }
  // Files have schedules: a program that runs here takes them at once, and without the states it would read from the beginning.
  await writeJudged(judged)
  return {
    connections,
    files: judged.files,
    texts: Object.fromEntries(files.map(({ text }, i) => [judged.files[i]?.path ?? '', text])),
    variables: [...new Set(items.flatMap(({ translated }) => [...translated.variables.keys()]))].sort(),
    tasks: checklist.tasks,
  }
}

/** One that is imported by itself has a list of its own. */
const listName = (items: readonly Item[], { connections }: ImportAirbyteOptions) =>
  connections?.length
    ? `imported_${items
        .map(({ connection }) => connection.name)
        .join('_')
        .slice(0, 80)}.md`
    : 'imported_airbyte.md'

const putRows = (engine: Pick<Engine, 'putStates'>, name: string, rows: readonly BroughtState[]) =>
  rows.length === 0 ? [] : engine.putStates(name, rows)

const shownConnector = ({ connector, config }: Connection['source']) =>
  connector === 'airbyte' ? String(config.image ?? config.command) : connector

/** Those whose sources can be read here. @throws what is wrong with a manifest, where none is left */
function readableOf(
  { connections }: AirbyteFacts,
  connectors: SourceConnectors,
  checklist: Checklist,
): AirbyteFacts['connections'] {
  const problems = connections.map(({ source }) => connectors.problemOf(source))
  const readable = connections.filter((_, i) => problems[i] === undefined)
  const [first] = problems.filter((problem) => problem !== undefined)
  if (first && readable.length === 0) throw first
  for (const [i, problem] of problems.entries())
    if (problem)
      checklist.add(
        sections.left,
        `\`${connections[i]?.connection.name}\`: its source is a manifest that cannot be run here. ${problem.message} ${problem.hint ?? ''}`.trimEnd(),
      )
  return readable
}

function translated(
  facts: AirbyteConnectionFacts,
  project: Project,
  connectors: SourceConnectors,
  warehouse: string,
  { prefer, destination, withStates }: ImportAirbyteOptions,
): Item {
  const isWarehouse = destination === undefined ? facts.destination.type === warehouse : destination === 'warehouse'
  const found = translateConnection(facts, {
    name: facts.name,
    prefer,
    withStates,
    intoWarehouse: isWarehouse,
    added: (source) => connectors.of(source),
  })
  const { connection, file, yaml, newSecrets } = asFile(connectors, found)
  const { state } = facts
  const states =
    withStates && state
      ? translateStates({ streams: found.streams, state, native: found.native, isManifest: found.isManifest })
      : undefined
  const refusals = isWarehouse ? [] : destinationRefusal(states, facts.destination.name)
  // What only the connector calls secret.
  const more = newSecrets.filter((name) => !found.variables.has(name))
  return {
    facts,
    translated: {
      ...found,
      variables: new Map([...found.variables, ...more.map((name): [string, Variable] => [name, { place: 'source' }])]),
    },
    states: states && { ...states, refusals: [...states.refusals, ...refusals] },
    connection,
    file: { path: join(relative(project.dir, project.extractLoadDir), basename(file)), text: yaml },
  }
}

const destinationRefusal = (states: TranslatedStates | undefined, name: string): string[] =>
  states && states.states.length > 0
    ? [`it loads into ${name}, which is not the warehouse of this project: what is there already is not known here`]
    : []

/** The file that a connection becomes, read back and found right. Its secrets need not be set yet. */
function asFile({ place }: SourceConnectors, { draft, variables }: TranslatedConnection) {
  const known = [...listSources(place.folder), ...listDestinations()]
  const specOf = (kind: string, name: string) => known.find((one) => one.kind === kind && one.name === name)?.spec ?? {}
  const placeholders = Object.fromEntries([...variables.keys()].map((name) => [name, placeholder]))
  return readDraft(draft, {
    ...place,
    env: { ...process.env, ...placeholders },
    spec: specOf('source', draft.source.connector),
    destinationSpec: specOf('destination', draft.destination.connector ?? 'warehouse'),
  })
}

const placeholder = 'not-set-yet'

/** @throws IMPORT_NAMES_COLLIDE for tables that something else of the project makes */
function refuseTaken(items: readonly Item[], { assets }: Definitions): void {
  const makers = new Map<string, string>()
  for (const { connection, file } of items)
    for (const stream of connectionStreams(connection)) {
      const key = streamKey(connection, stream)
      const other =
        makers.get(key) ??
        assets.find((one) => one.key === key && one.isExecutable && one.source?.file !== file.path)?.source?.file
      if (other !== undefined)
        throw platformErrors.create('IMPORT_NAMES_COLLIDE', {
          message: `The table ${key.replace('/', '.')} of the connection ${connection.name} is made by ${other} already; nothing was written.`,
          hint: 'Take the other one out, or import the connections one by one with --connection.',
        })
      makers.set(key, file.path)
    }
}

function tell(
  { facts, translated, states, connection }: Item,
  checklist: Checklist,
  { withStates }: ImportAirbyteOptions,
): void {
  const { name } = connection
  const { connection: there, state } = facts
  for (const [variable, { place, text }] of translated.variables)
    if (text === undefined) checklist.add(sections.secrets, `\`${variable}\`: ${place} of ${name}.`)
    else
      checklist.add(
        sections.texts,
        `\`${variable}\`: ${place} of ${name}. Set it to this text as it is (in a shell between single quotes):\n\n${text.replaceAll(/^/gm, '    ')}`,
      )
  if (there.status === 'active')
    checklist.add(sections.there, `the connection \`${there.name}\`: two programs that load one table fight over it.`)
  for (const note of translated.notes) checklist.add(sections.connections, `\`${name}\`: ${note}.`)
  for (const note of states?.notes ?? []) checklist.add(sections.states, `\`${name}\`: ${note}.`)
  const isIncremental = connection.streams.some(({ syncMode }) => syncMode === 'incremental')
  if (!isIncremental) return
  if (!withStates)
    checklist.add(
      sections.states,
      `\`${name}\`: Airbyte's states were left behind: the first sync reads from the beginning.`,
    )
  else if (!state)
    checklist.add(
      sections.states,
      `\`${name}\`: nobody told its states: the first sync reads from the beginning. Import from the running server to take them along.`,
    )
  else if (there.status === 'active')
    checklist.add(
      sections.states,
      `\`${name}\`: what Airbyte reads from now on is not in its states here. Switch it off there, bring the states once more (\`--states-only\`), and only then sync here.`,
    )
}

const markdown = (checklist: Checklist, { server, from }: ImportAirbyteOptions) =>
  checklist.markdown('What is left to do', `From Airbyte, ${server ? `at ${server.url}` : `by ${from}`}.`)
