import { cp, readFile, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { MillraceError, printYaml, temporaryFolder } from '../../../base/index.js'
import {
  addConnector,
  type ConnectorInfo,
  connectorManifest,
  connectorName,
  type JsonSchema,
  listConnectors,
  listSources,
  type ManifestText,
} from '../../../extract-load/index.js'
import type { Project } from '../../contract.js'
import type { ImportedFile } from '../written-files.js'
import type { AirbyteActor, DeclarativeDefinition } from './airbyte-facts.js'

/** A connector of the project that reads a source of Airbyte. */
export interface SourceConnector {
  readonly name: string
  readonly spec: JsonSchema
  /** What a person should know, as sentences. */
  readonly notes: readonly string[]
}

/**
 * The connectors that were added to a project, with those of Airbyte whose manifests were told. They lie in a folder of their own until they
 * are written with everything else.
 */
export class SourceConnectors {
  /** In which connections are read as if everything was written. */
  readonly place: { readonly projectDir: string; readonly folder: string }
  readonly #files: readonly OwnFile[]
  readonly #added: ReadonlyMap<string, ConnectorInfo>
  readonly #brought: ReadonlyMap<string, SourceConnector | MillraceError>

  private constructor(
    place: SourceConnectors['place'],
    files: readonly OwnFile[],
    brought: ReadonlyMap<string, SourceConnector | MillraceError>,
  ) {
    this.place = place
    this.#files = files
    this.#brought = brought
    this.#added = new Map(addedTo(place.folder).map((one) => [one.name, one]))
  }

  static async open(
    { dir, extractLoadDir }: Pick<Project, 'dir' | 'extractLoadDir'>,
    sources: readonly AirbyteActor[],
  ): Promise<SourceConnectors> {
    const definitions = new Map(sources.flatMap(({ declarative: one }) => (one?.manifest ? [[one.from, one]] : [])))
    const inProject = relative(dir, extractLoadDir)
    const projectDir = await temporaryFolder('import')
    const folder = join(projectDir, inProject.startsWith('..') ? 'extract_load' : inProject)
    try {
      await cp(join(extractLoadDir, 'connectors'), join(folder, 'connectors'), { recursive: true }).catch((error) => {
        if (error.code !== 'ENOENT') throw error
      })
      const brought = new Map<string, SourceConnector | MillraceError>()
      const files: OwnFile[] = []
      const place = { projectDir, folder }
      for (const definition of definitions.values()) {
        const found = await bring(definition, place, takenBy(brought))
        brought.set(definition.from, found instanceof MillraceError ? found : found.connector)
        if (found instanceof MillraceError) continue
        for (const name of found.files) {
          const path = join('connectors', found.connector.name, name)
          files.push({
            connector: found.connector.name,
            path: join(inProject, path),
            text: await readFile(join(folder, path), 'utf8'),
          })
        }
      }
      return new SourceConnectors(place, files, brought)
    } catch (error) {
      await rm(projectDir, { recursive: true, force: true })
      throw error
    }
  }

  async close(): Promise<void> {
    await rm(this.place.projectDir, { recursive: true, force: true })
  }

  /** What reads a source; undefined where no connector of the project does. */
  of({ type, declarative }: Pick<AirbyteActor, 'type' | 'declarative'>): SourceConnector | undefined {
    const brought = declarative && this.#brought.get(declarative.from)
    if (brought) return brought instanceof MillraceError ? undefined : brought
    const name = declarative ? connectorName(declarative.name) : type
    const added = this.#added.get(name)
    return added && { name, spec: added.spec, notes: [] }
  }

  /** What is wrong with the manifest of a source. */
  problemOf({ declarative }: AirbyteActor): MillraceError | undefined {
    const brought = declarative && this.#brought.get(declarative.from)
    return brought instanceof MillraceError ? brought : undefined
  }

  /** What is to be written of those that come from Airbyte. @param used by their names */
  filesOf(used: ReadonlySet<string>): readonly ImportedFile[] {
    return this.#files.flatMap(({ connector, ...file }) => (used.has(connector) ? [file] : []))
  }
}

type OwnFile = ImportedFile & { readonly connector: string }

const addedTo = (folder: string) => listSources(folder).filter(({ isAdded }) => isAdded)

const takenBy = (brought: ReadonlyMap<string, SourceConnector | MillraceError>) =>
  new Set([...brought.values()].flatMap((one) => (one instanceof MillraceError ? [] : one.name)))

interface Brought {
  readonly connector: SourceConnector
  /** Names of those that were written beside each other. */
  readonly files: readonly string[]
}

/** Adds a manifest of Airbyte as `connectors add` does, unless the project has it under its name; answers what is wrong with one that cannot be run. */
async function bring(
  { name: title, from, manifest }: DeclarativeDefinition,
  place: SourceConnectors['place'],
  taken: ReadonlySet<string>,
): Promise<Brought | MillraceError> {
  const all = await Promise.all(
    addedTo(place.folder).map(async ({ name }) => ({
      name,
      ...(await connectorManifest(name, place)),
    })),
  )
  const cameFrom = ({ origin }: ManifestText) => (origin?.kind === 'text' ? whichOf(origin.from) : undefined)
  const before = all.find((one) => cameFrom(one) === whichOf(from))
  const others = all.filter((one) => cameFrom(one) !== undefined).map((one) => one.name)
  const name = before?.name ?? freeName(connectorName(title), new Set([...taken, ...others]))
  const present = before ?? all.find((one) => one.name === name)
  if (present && (!before || before.isEdited)) {
    const why = before ? 'was changed in this project since it came from Airbyte' : 'the project has already'
    return {
      connector: { name, spec: specOf(name, place.folder), notes: [`it is read with \`${name}\`, which ${why}`] },
      files: [],
    }
  }
  try {
    const { warnings } = await addConnector({
      from: { text: printYaml(manifest), isOwn: false, origin: { from, title } },
      name,
      folder: place.folder,
      replaces: true,
      cwd: place.projectDir,
    })
    const notes = [
      `the manifest of its source came from Airbyte, and is \`${name}\` now: where its API is inside a private network, say \`allows_private_addresses: true\` beside its settings`,
      ...warnings.map((warning) => `of the manifest \`${name}\`: ${warning}`),
    ]
    return { connector: { name, spec: specOf(name, place.folder), notes }, files: ['manifest.yaml', 'origin.yaml'] }
  } catch (error) {
    if (error instanceof MillraceError && error.kind === 'user') return error
    throw error
  }
}

const specOf = (name: string, folder: string) => addedTo(folder).find((one) => one.name === name)?.spec ?? {}

/** A definition by itself: the same from a server and from an export of it. */
const whichOf = (from: string) => /(?:definition|settings of) .*$/.exec(from)?.[0] ?? from

/** None of a connector of Millrace, and none of another definition of Airbyte. */
function freeName(wanted: string, taken: ReadonlySet<string>): string {
  const own = new Set(listConnectors().map(({ name }) => name))
  const base = wanted === '' ? 'connector' : own.has(wanted) ? `airbyte-${wanted}` : wanted
  for (let i = 1; ; i++) {
    const free = i === 1 ? base : `${base}-${i}`
    if (!taken.has(free)) return free
  }
}
