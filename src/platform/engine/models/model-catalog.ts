import type { Manifest, ManifestNode, ManifestResource, ManifestSource } from '../../../transform/index.js'
import { exposureKey, isAssetNode, nodeKey, sourceKey } from '../../graph/asset-keys.js'
import type { ModelDetail, ModelEntry, ModelLink } from '../../models-contract.js'
import { constraintWords, definitionOf } from './model-definition.js'

type Resource = ManifestNode | ManifestSource | ManifestResource

/** Hooks are shown where they are configured; unit tests and data tests stand with what they test. */
const listed = new Set([
  ...['model', 'seed', 'snapshot', 'analysis', 'source', 'exposure', 'metric', 'semantic_model', 'saved_query'],
  ...['macro', 'doc', 'group', 'function'],
])

/** What a dbt project holds, for people who ask what its SQL means. The built-in macros are left out. */
export class ModelCatalog {
  readonly #manifest: Manifest
  readonly #all = new Map<string, Resource>()
  readonly #macroUsers = new Map<string, string[]>()
  readonly #entries: readonly ModelEntry[]

  constructor(manifest: Manifest, builtinPackages: ReadonlySet<string>) {
    this.#manifest = manifest
    const { nodes, sources, exposures, metrics, semantic_models, saved_queries, macros, docs, groups } = manifest
    const { functions, unit_tests } = manifest
    for (const part of [nodes, sources, exposures, metrics, semantic_models, saved_queries, functions, unit_tests])
      for (const one of Object.values(part) as Resource[]) this.#all.set(one.unique_id, one)
    for (const part of [macros, docs, groups])
      for (const one of Object.values(part) as ManifestResource[])
        if (!builtinPackages.has(one.package_name)) this.#all.set(one.unique_id, one)
    for (const one of this.#all.values())
      for (const macro of macrosOf(one)) {
        const users = this.#macroUsers.get(macro)
        if (users) users.push(one.unique_id)
        else if (this.#all.has(macro)) this.#macroUsers.set(macro, [one.unique_id])
      }
    this.#entries = [...this.#all.values()].filter(({ resource_type }) => listed.has(resource_type)).map(entryOf)
  }

  entries(): readonly ModelEntry[] {
    return this.#entries
  }

  /** All but what needs the warehouse; undefined when there is no such resource. */
  detail(id: string): ModelDetail | undefined {
    const one = this.#all.get(id)
    if (!one) return undefined
    const { child_map, groups } = this.#manifest
    const children = (child_map[id] ?? []).filter((child) => this.#all.has(child))
    const tests = children.filter(isTest).map((test) => testOf(this.#all.get(test) as ManifestNode))
    const node = one as ManifestNode
    const group = typeof node.group === 'string' ? node.group : undefined
    const owner = Object.values(groups).find(({ name }) => name === group)?.owner as
      | { name?: string; email?: string }
      | undefined
    const own = one.owner as { name?: string; email?: string } | undefined
    const ownerName = own?.name ?? own?.email ?? owner?.name ?? owner?.email
    const versions = this.#versions(one)
    const asset = assetKeyOf(one)
    return {
      ...entryOf(one),
      description: typeof one.description === 'string' ? one.description.trim() : '',
      ...codeOf(one),
      ...(asset === undefined ? {} : { asset }),
      definition: definitionOf(one),
      config: plainConfig(one),
      meta: (one.meta ?? {}) as Record<string, unknown>,
      ...(ownerName === undefined ? {} : { owner: ownerName }),
      ...(node.contract?.enforced ? { contract: true } : {}),
      ...(node.latest_version === undefined || node.latest_version === null
        ? {}
        : { latestVersion: String(node.latest_version) }),
      versions,
      columns: columnsOf(one, tests),
      tests,
      dependsOn: this.#links(dependenciesOf(one)),
      usedBy: this.#links([
        ...children.filter((child) => !isTest(child) && !child.startsWith('exposure.')),
        ...(one.resource_type === 'group' ? this.#membersOf(one.name) : []),
        ...(this.#macroUsers.get(id) ?? []).filter((user) => !/^(?:test|unit_test|operation)\./.test(user)),
      ]),
      exposures: this.#links(children.filter((child) => child.startsWith('exposure.'))),
      macros: this.#links(macrosOf(one)),
      docsBlocks: this.#links(docsBlocksOf(one)),
      arguments: argumentsOf(one),
    }
  }

  #links(ids: readonly string[]): ModelLink[] {
    return [...new Set(ids)].flatMap((id) => {
      const one = this.#all.get(id)
      return one ? [linkOf(one)] : []
    })
  }

  #membersOf(group: string): string[] {
    return [...this.#all.values()]
      .filter((one) => (one as ManifestNode).group === group && !isTest(one.unique_id))
      .map(({ unique_id }) => unique_id)
  }

  #versions(one: Resource): ModelLink[] {
    const { version } = one as ManifestNode
    if (version === undefined || version === null) return []
    return [...this.#all.values()]
      .filter(
        (other) =>
          other.resource_type === 'model' && other.name === one.name && other.package_name === one.package_name,
      )
      .map((other) => ({ ...linkOf(other), name: `v${(other as ManifestNode).version}` }))
  }
}

const isTest = (id: string) => /^(?:test|unit_test)\./.test(id)

function testOf(test: ManifestNode): ModelDetail['tests'][number] {
  const column = typeof test.column_name === 'string' ? test.column_name : undefined
  const severity = String(test.config?.severity ?? 'error').toLowerCase()
  return { ...linkOf(test), severity, ...(column === undefined ? {} : { column }) }
}

/** Those of a model's tests that are about one column. */
export const testsOn = (tests: ModelDetail['tests'], column: string): ModelLink[] =>
  tests
    .filter((test) => test.column?.toLowerCase() === column.toLowerCase())
    .map(({ id, name, type }) => ({ id, name, type }))

function columnsOf(one: Resource, tests: ModelDetail['tests']): ModelDetail['columns'] {
  const columns = Object.values((one as ManifestNode).columns ?? {})
  return columns.map(({ name, data_type, description, constraints }) => ({
    name,
    ...(data_type ? { type: data_type } : {}),
    ...(description ? { description } : {}),
    constraints: (constraints ?? []).flatMap((one) => constraintWords(one) ?? []),
    tests: testsOn(tests, name),
  }))
}

/** The asset that a resource is; undefined when it is none. */
function assetKeyOf(one: Resource): string | undefined {
  if (one.resource_type === 'source') return sourceKey(one as ManifestSource)
  if (one.resource_type === 'exposure') return exposureKey(one.name)
  const node = one as ManifestNode
  return isAssetNode(node) ? nodeKey(node) : undefined
}

function entryOf(one: Resource): ModelEntry {
  const node = one as ManifestNode
  const source = one.resource_type === 'source' ? (one as ManifestSource) : undefined
  const text = (value: unknown) => (value === null || value === undefined || value === '' ? undefined : String(value))
  const isRelation = isAssetNode(node)
  const tags = Array.isArray(one.tags) ? (one.tags as string[]) : []
  const about = typeof one.description === 'string' ? one.description.trim().split('\n')[0] : undefined
  return {
    id: one.unique_id,
    name: nameOf(one),
    type: one.resource_type,
    package: one.package_name,
    path: one.original_file_path,
    database: isRelation || source ? text(node.database) : undefined,
    schema: isRelation || source ? text(node.schema) : undefined,
    relation: source?.identifier ?? (isRelation ? node.alias : undefined),
    materialized: one.resource_type === 'model' ? text(node.config.materialized) : undefined,
    group: text(node.group),
    access: one.resource_type === 'model' && node.access !== 'protected' ? text(node.access) : undefined,
    version: text(node.version),
    tags: tags.length > 0 ? tags : undefined,
    about: text(about),
  }
}

const nameOf = (one: Resource): string =>
  one.resource_type === 'source' ? `${(one as ManifestSource).source_name}.${one.name}` : one.name

/** With the version: all versions of a model have one name. */
function linkOf(one: Resource): ModelLink {
  const { version } = one as ManifestNode
  const isVersioned = one.resource_type === 'model' && version != null
  return { id: one.unique_id, name: isVersioned ? `${nameOf(one)} v${version}` : nameOf(one), type: one.resource_type }
}

const dependenciesOf = (one: Resource): readonly string[] =>
  (one.depends_on as { nodes?: string[] } | undefined)?.nodes ?? []
const macrosOf = (one: Resource): readonly string[] =>
  (one.depends_on as { macros?: string[] } | undefined)?.macros ?? []
const docsBlocksOf = (one: Resource): readonly string[] => {
  const { doc_blocks } = one as { doc_blocks?: unknown }
  return Array.isArray(doc_blocks) ? doc_blocks.filter((id): id is string => typeof id === 'string') : []
}

function codeOf(one: Resource): Pick<ModelDetail, 'code'> {
  if (one.resource_type === 'seed') return {}
  const { raw_code, macro_sql, block_contents } = one as {
    raw_code?: unknown
    macro_sql?: unknown
    block_contents?: unknown
  }
  const code = [raw_code, macro_sql, block_contents].find(
    (text): text is string => typeof text === 'string' && text !== '',
  )
  return code === undefined ? {} : { code }
}

/** Configs that say something: what was not set is left out. */
function plainConfig({ config }: Resource): Record<string, unknown> {
  const isEmpty = (value: unknown) =>
    value === null ||
    value === undefined ||
    (Array.isArray(value) && value.length === 0) ||
    (typeof value === 'object' && Object.keys(value).length === 0)
  return Object.fromEntries(
    Object.entries((config ?? {}) as Record<string, unknown>).filter(
      ([key, value]) => key !== 'enabled' && !isEmpty(value),
    ),
  )
}

/** Of a macro's argument `type`, of a function's `data_type`. */
function typeOfArgument({ type, data_type }: Record<string, unknown>): { type?: string } {
  const written = type ?? data_type
  return typeof written === 'string' ? { type: written } : {}
}

function argumentsOf(one: Resource): ModelDetail['arguments'] {
  const { arguments: given } = one as { arguments?: unknown }
  return (Array.isArray(given) ? given : []).flatMap((argument: Record<string, unknown>) =>
    typeof argument?.name === 'string'
      ? [
          {
            name: argument.name,
            ...typeOfArgument(argument),
            ...(typeof argument.description === 'string' ? { description: argument.description } : {}),
          },
        ]
      : [],
  )
}
