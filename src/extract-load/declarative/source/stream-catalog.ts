import { buildScope } from '../build.js'
import type { BuildScope } from '../component.js'
import type { DeclarativeStream, Mapping, SourceServices } from '../component-contract.js'
import { JobBudget, shareJobBudget } from '../components/async-jobs/job-budget.js'
import { configureCursorFields } from '../components/cursors/cursor-field.js'
import { configuredSchemas } from '../components/properties/index.js'
import { shareParentNames } from '../components/streams/parent-names.js'
import { shareSchemas } from '../components/streams/shared-schemas.js'
import { apiBudgetKey } from '../http/index.js'
import { interpolationOf } from '../interpolation/index.js'
import type { StreamToRead } from './declarative-source.js'
import type { KnownStreams } from './known-streams.js'
import { parentNamesOf } from './parent-names-of.js'
import { dynamicNames, dynamicStreams, type StreamDefinition, staticStreams } from './stream-definitions.js'

export interface CatalogRequest {
  readonly root: Mapping
  readonly config: Mapping
  readonly services: SourceServices
  readonly known: KnownStreams
  /** The streams that are read, where it is known. */
  readonly wanted?: readonly StreamToRead[] | undefined
}

/** The streams of a manifest with a config, for one check, discovery or sync: what they share lives as long. */
export class StreamCatalog {
  readonly scope: BuildScope
  readonly #root: Mapping
  readonly #static: readonly StreamDefinition[]
  readonly #known: KnownStreams

  constructor({ root, config, services, known, wanted }: CatalogRequest) {
    this.#root = root
    this.#known = known
    this.scope = buildScope({ config, interpolation: interpolationOf(config, services), services })
    shareSchemas(this.scope.shared, known.schemas)
    const { shared } = this.scope
    if (root.api_budget) shared.once(apiBudgetKey, () => this.scope.build('api_budget', root.api_budget))
    shareJobBudget(shared, new JobBudget(this.#jobCount()))
    if (wanted) {
      const fields = new Map(wanted.map(({ stream }) => [stream.name, stream.cursorField ?? []]))
      for (const { stream, jsonSchema } of wanted)
        if (jsonSchema) configuredSchemas(shared).set(stream.name, jsonSchema)
      configureCursorFields(shared, { get: (name) => fields.get(name), isConfigured: (name) => fields.has(name) })
    }
    this.#static = staticStreams(root, this.scope)
  }

  /** The CDK evaluates it without settings, so that one that is made of them is 1. */
  #jobCount(): number {
    const most = this.#root.max_concurrent_async_job_count
    if (typeof most === 'number') return Math.trunc(most)
    if (typeof most !== 'string') return 1
    try {
      const found = interpolationOf({}, this.scope.services).value(most)()
      return typeof found === 'number' ? Math.trunc(found) : 1
    } catch {
      return 1
    }
  }

  get staticNames(): ReadonlySet<string> {
    return new Set(this.#static.map((stream) => stream.name))
  }

  /** Whether the manifest has a dynamic stream of this name. */
  hasDynamic(name: string): boolean {
    return dynamicNames(this.#root).includes(name)
  }

  /** Those of the manifest, then those that dynamic streams make. */
  async all(): Promise<readonly StreamDefinition[]> {
    return [...this.#static, ...(await this.dynamic())]
  }

  dynamic(): Promise<readonly StreamDefinition[]> {
    return this.#known.dynamic(() => dynamicStreams(this.#root, this.scope))
  }

  /**
   * @param among all that there are: which of them are parents of others is known by them
   * @param stateOf the kept state of a stream
   */
  build(
    definitions: readonly StreamDefinition[],
    among: readonly StreamDefinition[],
    stateOf: (name: string) => Mapping | undefined = () => undefined,
  ): DeclarativeStream[] {
    shareParentNames(this.scope.shared, parentNamesOf(among.map((stream) => stream.definition)))
    return definitions.map(({ definition, name }) =>
      this.scope.build('stream', definition, { state: nonEmpty(stateOf(name)) }),
    )
  }

  /** Only streams that are written in the manifest. */
  buildStatic(names: readonly string[]): DeclarativeStream[] {
    return this.build(
      this.#static.filter((stream) => names.includes(stream.name)),
      this.#static,
    )
  }
}

const nonEmpty = (state: Mapping | undefined): Mapping | undefined =>
  state && Object.keys(state).length > 0 ? state : undefined
