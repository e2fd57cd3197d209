import type { SourceLocation } from '../../../base/index.js'
import { hookKey } from '../../context/written-config.js'
import type { ResourceType } from '../../contract.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import { isMapping, type Path } from '../../project/yaml-file.js'
import { checkConfig } from './check-config.js'
import { type ConfigValues, configDefaults, configSections } from './config-fields.js'
import { mergeConfig, normaliseConfig, overlay } from './config-merge.js'
import { withModelFreshness } from './freshness-checks.js'

export interface ConfigRequest {
  readonly type: ResourceType
  readonly fqn: readonly string[]
  readonly own: DbtPackage
  /** From the properties file. */
  readonly yaml: readonly ConfigValues[]
  /** From `config()` in the file. */
  readonly inline: readonly ConfigValues[]
}

/**
 * Merges a node's config: defaults, dbt_project.yml of its package from general to specific, the properties file,
 * `config()` in the file, and last what the ROOT project says of a package's node.
 */
export class ProjectConfigs {
  readonly #root: DbtPackage
  readonly #render: (value: unknown, of: DbtPackage) => unknown
  readonly #locate: (path: Path, of: DbtPackage) => SourceLocation
  readonly #hasAnalyses: boolean
  /** Nodes of one folder share all levels but their own name. */
  readonly #levels = new Map<string, ConfigValues[]>()
  readonly #written = new Map<string, ConfigValues[]>()
  readonly #bases = new Map<string, ConfigValues>()
  readonly #checked = new Set<ConfigValues>()
  readonly #sections = new Map<string, unknown>()
  /** Of one node several questions are asked, one after the other. */
  #lastNamed:
    | {
        readonly fqn: readonly string[]
        readonly type: ResourceType
        readonly package: DbtPackage
        readonly name: string
      }
    | undefined

  /**
   * `render` evaluates the Jinja that dbt_project.yml may hold, `locate` finds a place in that of a package. Analyses have
   * a section of their own with the flag `require_corrected_analysis_fqns`; else they are configured as models are.
   */
  constructor(
    root: DbtPackage,
    render: (value: unknown, of: DbtPackage) => unknown,
    locate: (path: Path, of: DbtPackage) => SourceLocation,
    { hasAnalyses = false }: { readonly hasAnalyses?: boolean } = {},
  ) {
    this.#hasAnalyses = hasAnalyses
    this.#root = root
    this.#render = render
    this.#locate = locate
  }

  #sectionsOf(type: ResourceType): readonly string[] {
    return type === 'analysis' && this.#hasAnalyses ? ['analyses'] : (configSections[type] ?? [])
  }

  /** Where dbt_project.yml sets a config for a node, the most specific place; undefined where it does not. */
  placeOf(
    { type, fqn, own }: Pick<ConfigRequest, 'type' | 'fqn' | 'own'>,
    [key, ...rest]: Path,
  ): SourceLocation | undefined {
    for (const of of new Set([this.#root, own]))
      for (const section of this.#sectionsOf(type)) {
        const path = pathTo(of.configs[section], fqn, String(key))
        if (path) return this.#locate([section, ...path, ...rest], of)
      }
    return undefined
  }

  /** @throws TRANSFORM_YAML_INVALID for a value that is none of its key's */
  config(request: ConfigRequest): ConfigValues {
    const { type, fqn, own, yaml, inline } = request
    const base = this.#base(type, own, fqn)
    let config = base
    for (const layer of yaml) config = mergeConfig(config, layer)
    for (const layer of inline) config = mergeConfig(config, layer)
    if (own !== this.#root)
      for (const level of this.#levelsOf(this.#root, type, fqn)) config = mergeConfig(config, level)
    const result = normaliseConfig(config === base ? { ...config } : config)
    // Many nodes have the configs of their folder and no others: those are looked at once.
    if (config !== base || !this.#checked.has(base)) checkConfig(type, result)
    if (config === base) this.#checked.add(base)
    if (type === 'model') return withModelFreshness(result)
    return type === 'test' ? withStoredFailures(result) : result
  }

  /** The layers as they are written, with their templates; for comparing states. */
  unrendered({ type, fqn, own, yaml, inline }: ConfigRequest): ConfigValues {
    // As dbt has it: what it notes of a function is what stands there for models.
    const section = type === 'function' ? 'model' : type
    const last = own === this.#root ? [] : this.#writtenLevels(this.#root, section, fqn)
    return overlay([...this.#writtenLevels(own, section, fqn), ...yaml, ...inline, ...last])
  }

  /** Renders all configs of the root project: a template that fails is told though no node asks for it. */
  renderAll(): void {
    for (const section of Object.keys(this.#root.configs)) this.#section(this.#root, section)
  }

  #writtenLevels(dbtPackage: DbtPackage, type: ResourceType, fqn: readonly string[]): ConfigValues[] {
    const key = this.#ownName(dbtPackage, type, fqn)
    let levels = this.#written.get(key)
    if (!levels) {
      levels = this.#sectionsOf(type).flatMap((section) => this.#search(dbtPackage.configs[section], fqn))
      this.#written.set(key, levels)
    }
    return levels
  }

  #base(type: ResourceType, own: DbtPackage, fqn: readonly string[]): ConfigValues {
    const key = this.#ownName(own, type, fqn)
    let base = this.#bases.get(key)
    if (!base) {
      base = this.#levelsOf(own, type, fqn).reduce(
        mergeConfig,
        configDefaults[type] ?? { enabled: true, tags: [], meta: {} },
      )
      this.#bases.set(key, base)
    }
    return base
  }

  #levelsOf(dbtPackage: DbtPackage, type: ResourceType, fqn: readonly string[]): ConfigValues[] {
    const key = this.#ownName(dbtPackage, type, fqn)
    let levels = this.#levels.get(key)
    if (!levels) {
      levels = this.#sectionsOf(type).flatMap((section) => this.#search(this.#section(dbtPackage, section), fqn))
      this.#levels.set(key, levels)
    }
    return levels
  }

  /** The part of the fully qualified name that dbt_project.yml knows: what lies deeper shares its configs. */
  #ownName(dbtPackage: DbtPackage, type: ResourceType, fqn: readonly string[]): string {
    const last = this.#lastNamed
    if (last?.fqn === fqn && last.type === type && last.package === dbtPackage) return last.name
    const known = this.#sectionsOf(type).map((section) => {
      let level: unknown = this.#section(dbtPackage, section)
      let depth = 0
      while (depth < fqn.length && isMapping(level) && isMapping(level[fqn[depth] as string]))
        level = level[fqn[depth++] as string]
      return fqn.slice(0, depth).join('/')
    })
    const name = `${dbtPackage.name} ${type} ${known.join(' ')}`
    this.#lastNamed = { fqn, type, package: dbtPackage, name }
    return name
  }

  #section(dbtPackage: DbtPackage, section: string): unknown {
    const key = `${dbtPackage.name} ${section}`
    if (!this.#sections.has(key)) this.#sections.set(key, this.#renderLevel(dbtPackage.configs[section], dbtPackage))
    return this.#sections.get(key)
  }

  /** Hooks are rendered when they run, everything else now. */
  #renderLevel(value: unknown, of: DbtPackage): unknown {
    if (!isMapping(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => {
        if (/^\+?(pre|post)[-_]hook$/.test(key)) return [key, item]
        return [key, isMapping(item) && !key.startsWith('+') ? this.#renderLevel(item, of) : this.#render(item, of)]
      }),
    )
  }

  #search(section: unknown, fqn: readonly string[]): ConfigValues[] {
    const levels: ConfigValues[] = []
    let level = section
    for (let depth = 0; isMapping(level); depth++) {
      const values = valuesOf(level)
      if (Object.keys(values).length > 0) levels.push(values)
      const next = fqn[depth]
      if (next === undefined) break
      level = level[next]
    }
    return levels
  }
}

function pathTo(section: unknown, fqn: readonly string[], key: string): string[] | undefined {
  let found: string[] | undefined
  let level = section
  for (let depth = 0; isMapping(level); depth++) {
    const name = Object.keys(level).find((one) => hookKey(one.replace(/^\+\s*/, '')) === key)
    if (name !== undefined) found = [...fqn.slice(0, depth), name]
    level = level[fqn[depth] ?? '']
  }
  return found
}

/** Keys with a `+`, and plain ones that hold no mapping: a mapping without a plus is a folder. */
function valuesOf(level: Record<string, unknown>): ConfigValues {
  const values: ConfigValues = {}
  for (const [key, value] of Object.entries(level)) {
    if (key.startsWith('+')) values[key.slice(1).trim()] = value
    else if (!isMapping(value)) values[key] = value
  }
  return values
}

/** `store_failures_as` decides; without it, `store_failures` means a table. */
function withStoredFailures(config: ConfigValues): ConfigValues {
  const { store_failures_as: how, store_failures: whether } = config
  if (typeof how === 'string') return { ...config, store_failures: how !== 'ephemeral' }
  const kind = whether === true ? 'table' : whether === false ? 'ephemeral' : null
  return { ...config, store_failures_as: kind }
}
