import { buildScope } from '../build.js'
import type { BuildScope } from '../component.js'
import { JobBudget, shareJobBudget } from '../components/async-jobs/job-budget.js'
import { configureCursorFields } from '../components/cursors/cursor-field.js'
import { configuredSchemas } from '../components/properties/index.js'
import { shareParentNames } from '../components/streams/parent-names.js'
import type { DeclarativeStream, Mapping, SourceServices } from '../contract.js'
import { apiBudgetKey } from '../http/index.js'
import { interpolationOf } from '../interpolation/index.js'
import type { StreamToRead } from './contract.js'
import { parentNamesOf } from './parent-names-of.js'
import { dynamicNames, dynamicStreams, type StreamDefinition, staticStreams } from './stream-definitions.js'

/** The streams of a manifest with a config, for one check, discovery or sync: what they share lives as long. */
export class StreamCatalog {
  readonly scope: BuildScope
  readonly #root: Mapping
  readonly #static: readonly StreamDefinition[]
  #dynamic: Promise<readonly StreamDefinition[]> | undefined

  /** @param wanted the streams that are read, where it is known */
  constructor(root: Mapping, config: Mapping, services: SourceServices, wanted?: readonly StreamToRead[]) {
    this.#root = root
    this.scope = buildScope({ config, interpolation: interpolationOf(config, services), services })
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
    this.#dynamic ??= dynamicStreams(this.#root, this.scope)
    return this.#dynamic
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
