import { isMapping, readYaml, visibleSettings } from '../../../base/index.js'
import type { ConnectionEnd, ConnectionSpec, Definitions, JoinedEnds } from '../../../orchestrate/index.js'
import { type IdKind, idOf } from '../ids.js'

type Settings = Readonly<Record<string, unknown>>

/** The end of a connection that reads. */
export interface ShownSource {
  readonly id: string
  /** Of its connection, whose alone it is; or what the client called it that made it by itself. */
  readonly name: string
  readonly connector: string
  /** Secrets masked. */
  readonly config: Settings
  /** Where it was made by itself. */
  readonly end?: ConnectionEnd | undefined
}

/** Where connections load. */
export interface ShownDestination {
  readonly id: string
  readonly name: string
  readonly connector: string
  readonly schema: string | undefined
  readonly config: Settings
  readonly end?: ConnectionEnd | undefined
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

/** What clients made by themselves, and which connections are made of it. */
export interface MadeEnds {
  readonly ends: readonly ConnectionEnd[]
  readonly joined: readonly JoinedEnds[]
}

/**
 * The connections of a project as Airbyte has them: a source, a destination and what joins them. Connections that load into the same
 * connector with the same settings and the same schema share their destination.
 */
export class Catalog {
  static readonly #known = new WeakMap<Definitions, { readonly made: string; readonly catalog: Catalog }>()
  readonly project: string
  readonly workspaceId: string
  readonly connections: readonly ShownConnection[]
  readonly sources: readonly ShownSource[]
  readonly destinations: readonly ShownDestination[]
  readonly #connectionById: ReadonlyMap<string, ShownConnection>
  readonly #connectionByStep: ReadonlyMap<string, ShownConnection>

  /** Made once of each publication, and of what clients made besides. */
  static of(definitions: Definitions, ends: MadeEnds): Catalog {
    const known = Catalog.#known.get(definitions)
    const made = JSON.stringify(ends)
    if (known?.made === made) return known.catalog
    const catalog = new Catalog(definitions, ends)
    Catalog.#known.set(definitions, { made, catalog })
    return catalog
  }

  private constructor({ project, connections }: Definitions, { ends, joined }: MadeEnds) {
    this.project = project
    this.workspaceId = idOf(project, 'workspace', project)
    const sources = new Map<string, ShownSource>()
    const destinations = new Map<string, ShownDestination>()
    const endOf = new Map(ends.map((end) => [end.id, end]))
    const joinedOf = new Map(joined.map((one) => [one.connection, one]))
    // Of those that another server keeps its own API tells. Two that follow each other would mirror each other for ever.
    const kept = connections.filter(({ remote }) => !remote)
    this.connections = kept.map((spec) => {
      const file = contentOf(spec)
      const madeOf = joinedOf.get(spec.name)
      const end = (id: string | undefined) => (id === undefined ? undefined : endOf.get(id))
      const own = ownPlace(
        named(destinationOf(project, spec, mapping(mapping(file.destination).config)), end(madeOf?.destinationId)),
      )
      const destination = destinations.get(own.id) ?? own
      destinations.set(destination.id, destination)
      const source = named(
        {
          id: idOf(project, 'source', spec.name),
          name: spec.name,
          connector: spec.sourceConnector,
          config: visibleSettings(mapping(mapping(file.source).config)),
        },
        end(madeOf?.sourceId),
      )
      sources.set(source.id, source)
      return {
        id: idOf(project, 'connection', spec.name),
        spec,
        source,
        destination,
        prefix: String(mapping(file.destination).prefix ?? ''),
        streams: mapping(file.streams),
      }
    })
    // Those that no connection has are what they were made as.
    for (const end of ends) {
      const shown = { ...end, config: visibleSettings(end.config), schema: end.schema, end }
      if (end.kind === 'source') sources.set(end.id, sources.get(end.id) ?? shown)
      else destinations.set(end.id, destinations.get(end.id) ?? shown)
    }
    this.sources = [...sources.values()]
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

  source(id: string): ShownSource | undefined {
    return this.sources.find((one) => one.id === id)
  }

  destination(id: string): ShownDestination | undefined {
    return this.destinations.find((one) => one.id === id)
  }

  /** Those that read from it. */
  ofSource(sourceId: string): readonly ShownConnection[] {
    return this.connections.filter(({ source }) => source.id === sourceId)
  }

  /** Those that load into it. */
  ofDestination(destinationId: string): readonly ShownConnection[] {
    return this.connections.filter(({ destination }) => destination.id === destinationId)
  }

  definitionId(kind: IdKind & `${string}_definition`, connector: string): string {
    return idOf(this.project, kind, connector)
  }
}

/** Under the id and the name that a client made it with. */
const named = <Shown extends ShownSource>(shown: Shown, end?: ConnectionEnd) =>
  // A file that was written by hand under the name of a former connection may be of another connector.
  end?.connector === shown.connector ? { ...shown, id: end.id, name: end.name, end } : shown

/** What a client made has the schema that it was made with: a connection that loads elsewhere says so itself. */
const ownPlace = (shown: ShownDestination) => (shown.end ? { ...shown, schema: shown.end.schema } : shown)

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
