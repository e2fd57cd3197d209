import { isMapping, readYaml, visibleSettings } from '../../../base/index.js'
import type { ConnectionSpec, Definitions } from '../../../orchestrate/index.js'
import { type IdKind, idOf } from '../ids.js'

type Settings = Readonly<Record<string, unknown>>

/** The end of a connection that reads. */
export interface ShownSource {
  readonly id: string
  /** Of its connection: it is nobody else's. */
  readonly name: string
  readonly connector: string
  /** Secrets masked. */
  readonly config: Settings
}

/** Where connections load. */
export interface ShownDestination {
  readonly id: string
  readonly name: string
  readonly connector: string
  readonly schema: string | undefined
  readonly config: Settings
}

export interface ShownConnection {
  readonly id: string
  readonly spec: ConnectionSpec
  readonly source: ShownSource
  readonly destination: ShownDestination
  readonly prefix: string
  /** By the name of the stream, as its file has them. */
  readonly streams: Readonly<Record<string, unknown>>
}

/**
 * The connections of a project as Airbyte has them: a source, a destination and what joins them. Connections that load into the same
 * connector with the same settings and the same schema share their destination.
 */
export class Catalog {
  static readonly #known = new WeakMap<Definitions, Catalog>()
  readonly project: string
  readonly workspaceId: string
  readonly connections: readonly ShownConnection[]
  readonly sources: readonly ShownSource[]
  readonly destinations: readonly ShownDestination[]
  readonly #connectionById: ReadonlyMap<string, ShownConnection>
  readonly #connectionByStep: ReadonlyMap<string, ShownConnection>

  /** Made once of each publication. */
  static of(definitions: Definitions): Catalog {
    const known = Catalog.#known.get(definitions)
    if (known) return known
    const made = new Catalog(definitions)
    Catalog.#known.set(definitions, made)
    return made
  }

  private constructor({ project, connections }: Definitions) {
    this.project = project
    this.workspaceId = idOf(project, 'workspace', project)
    const destinations = new Map<string, ShownDestination>()
    // Of those that another server keeps its own API tells. Two that follow each other would mirror each other for ever.
    const own = connections.filter(({ remote }) => !remote)
    this.connections = own.map((spec) => {
      const file = contentOf(spec)
      const made = destinationOf(project, spec, mapping(mapping(file.destination).config))
      const destination = destinations.get(made.id) ?? made
      destinations.set(destination.id, destination)
      return {
        id: idOf(project, 'connection', spec.name),
        spec,
        source: {
          id: idOf(project, 'source', spec.name),
          name: spec.name,
          connector: spec.sourceConnector,
          config: visibleSettings(mapping(mapping(file.source).config)),
        },
        destination,
        prefix: String(mapping(file.destination).prefix ?? ''),
        streams: mapping(file.streams),
      }
    })
    this.sources = this.connections.map(({ source }) => source)
    this.destinations = [...destinations.values()]
    this.#connectionById = new Map(this.connections.map((one) => [one.id, one]))
    this.#connectionByStep = new Map(this.connections.map((one) => [one.spec.step, one]))
  }

  connection(id: string): ShownConnection | undefined {
    return this.#connectionById.get(id)
  }

  ofStep(step: string): ShownConnection | undefined {
    return this.#connectionByStep.get(step)
  }

  ofSource(sourceId: string): ShownConnection | undefined {
    return this.connections.find(({ source }) => source.id === sourceId)
  }

  definitionId(kind: IdKind & `${string}_definition`, connector: string): string {
    return idOf(this.project, kind, connector)
  }
}

const mapping = (value: unknown): Settings => (isMapping(value) ? value : {})

/** Its file as it was read: what it takes from the environment stands there by name. */
function contentOf({ yaml, file }: ConnectionSpec): Settings {
  try {
    return mapping(readYaml(yaml, file).value)
  } catch {
    // A secret that was masked may have stood where YAML wants more than stars.
    return {}
  }
}

function destinationOf(project: string, spec: ConnectionSpec, config: Settings): ShownDestination {
  const { destinationConnector: connector, destinationSchema: schema } = spec
  const visible = visibleSettings(config)
  return {
    id: idOf(project, 'destination', JSON.stringify([connector, schema ?? null, visible])),
    name: schema === undefined ? connector : `${connector}.${schema}`,
    connector,
    schema,
    config: visible,
  }
}
