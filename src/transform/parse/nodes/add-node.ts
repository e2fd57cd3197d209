import { hash } from 'node:crypto'
import { basename } from 'node:path'
import { MillraceError, type SourceLocation } from '../../../base/index.js'
import { type Context, functionOf, str, type Template } from '../../../jinja/index.js'
import { nodeRelation, sourceRelation } from '../../adapter/node-relation.js'
import { holdsJinja } from '../../context/holds-jinja.js'
import { parsingMetric } from '../../context/metric-reference.js'
import { configCapture, type NodeContext } from '../../context/node-context.js'
import { namedBy, refFunction } from '../../context/ref-function.js'
import { runtimeConfig } from '../../context/runtime-config.js'
import { isPlain, writtenConfig } from '../../context/written-config.js'
import type { ManifestNode, NodeConfig, ResourceType } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { auditProblem } from '../../graph/audited.js'
import { withSubject } from '../../log/error-text.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import { isMapping } from '../../project/yaml-file.js'
import type { ConfigValues } from '../configs/config-fields.js'
import { mergeVersion } from '../configs/config-merge.js'
import { nodeParseContext, yamlContext } from '../scope/parse-context.js'
import { keep, keepDisabled, type ParseScope } from '../scope/parse-scope.js'
import { readColumns } from '../yaml/columns.js'
import { configOf, type Property } from '../yaml/properties.js'
import { renderEntry, renderYaml } from '../yaml/yaml-values.js'
import { locatingConfig, placeOfConfig } from './config-place.js'
import { readHookReferences } from './node-hooks.js'
import { nameNode } from './node-names.js'
import { warnOfUnknownCalls } from './unknown-calls.js'

export interface NodeInput {
  readonly type: ResourceType
  readonly name: string
  readonly own: DbtPackage
  readonly uniqueId?: string
  readonly fqn: readonly string[]
  /** Below the resource folder: `marts/x.sql`. */
  readonly path: string
  /** From the package's root: `models/marts/x.sql`. */
  readonly file: string
  readonly code: string
  /** Line of the file on which the code begins. */
  readonly line: number
  readonly checksum: { readonly name: string; readonly checksum: string }
  readonly property?: Property | undefined
  /** The config of the properties entry, when it is not simply that of `property`. */
  readonly yaml?: readonly ConfigValues[]
  /** Above the project's config and below that of the entry. */
  readonly defaults?: ConfigValues
  readonly columns?: unknown
  readonly description?: unknown
  readonly tags?: readonly string[]
  readonly extra?: Partial<ManifestNode>
  /**
   * Instead of rendering `code`: tells what the code would have said, and answers the template in which its `config()` stands
   * as it is written, if there is one. The context is made when it is asked for.
   */
  readonly render?: (
    node: ManifestNode,
    contextOf: () => Context,
    onConfig: (values: ConfigValues) => void,
  ) => Template | undefined
  /** How messages call the node, e.g. `Model 'model.p.x' (models/x.sql)`. */
  readonly isNamed?: boolean
}

/** How messages call several of a type. */
const pluralOf = (type: ResourceType) =>
  type === 'analysis' ? 'analyses' : type === 'test' ? 'data_tests' : `${type}s`

/** Blank space that is more than one blank. The rest stays as it is, which is most of a text. */
const wideSpace = /\s{2,}|[^\S ]/g

/** A checksum that a change of blank space alone does not change. */
export const contentChecksum = (text: string) => ({
  name: 'sha256',
  checksum: hash('sha256', text.trim().replace(wideSpace, ' '), 'hex'),
})

/** Renders the code once in parse mode, and makes the node from what it says of itself. */
export function addNode(scope: ParseScope, input: NodeInput): ManifestNode | undefined {
  const { type, own, name } = input
  const written = input.yaml ?? (input.property ? [yamlConfig(scope, input.property)] : [])
  const yaml = input.defaults ? [{ ...input.defaults, ...written[0] }, ...written.slice(1)] : written
  const inline: ConfigValues[] = []
  const node = emptyNode(scope, input)
  if (type !== 'model' && input.property) warnOfModelKeys(scope, input.property, node)
  const request = { type, fqn: input.fqn, own, yaml, inline }
  let config: NodeConfig
  let template: Template | undefined
  try {
    config = locatingConfig(scope, input, () => {
      const early = scope.configs.config(request)
      template = renderNode(scope, input, node, early, inline)
      return (inline.length > 0 ? scope.configs.config(request) : early) as NodeConfig
    })
  } catch (thrown) {
    throw thrown instanceof MillraceError ? withSubject(thrown, node) : thrown
  }
  applyConfig(node, config)
  node.unrendered_config = scope.configs.unrendered({ ...request, ...asWritten(input, yaml, inline, template) })
  if (input.isNamed !== false) nameNode(scope, node, own)
  if (!config.enabled) {
    if (type !== 'test') scope.references.addDisabled(name, input.file)
    keepDisabled(scope, node)
    return undefined
  }
  scope.firstLines.set(node.unique_id, input.line)
  warnOfAudit(scope, node, input)
  readHookReferences(scope, node, config, () => contextOfNode(scope, input, node, config, () => {}))
  const kind = type === 'function' ? 'functions' : 'nodes'
  const other = scope.manifest[kind][node.unique_id] as ManifestNode | undefined
  if (other) throw duplicateNode(other, node, input)
  keep(scope, kind, node)
  if (type === 'model' || type === 'seed' || type === 'snapshot') scope.references.addNode(node)
  const at = { file: input.file, line: input.line }
  const placeOf = (name: string) => (input.render ? undefined : placeOfReference(input, name)) ?? at
  scope.unresolved.push({ node, own, at, placeOf, firstLine: input.line })
  return node
}

const keysOfModels = ['latest_version', 'access', 'version', 'constraints']

/** What only models have says nothing about others. */
function warnOfModelKeys({ diagnostics }: ParseScope, { values, locate }: Property, node: ManifestNode): void {
  for (const field_name of keysOfModels.filter((key) => values[key]))
    diagnostics.warn({
      code: 'TRANSFORM_YAML_INVALID',
      message: `\`${field_name}\` is nothing that a ${node.resource_type} has.`,
      event: {
        name: 'ValidationWarning',
        data: { field_name, resource_type: node.resource_type, node_name: node.name },
      },
      at: locate([field_name]),
    })
}

/** No error: only this node cannot be built, and the setting may be meant for all that lies beside it. */
function warnOfAudit({ configs, diagnostics }: ParseScope, node: ManifestNode, input: NodeInput): void {
  const problem = auditProblem(node)
  if (problem)
    diagnostics.warn({
      code: 'TRANSFORM_UNSUPPORTED',
      ...problem,
      at: placeOfConfig(configs, ['write_audit_publish'], input) ?? { file: node.original_file_path },
    })
}

/** The node's own layers of config with the templates that made them. What a model says in plain values stays such values. */
function asWritten(
  { type, property, defaults }: NodeInput,
  yaml: readonly ConfigValues[],
  inline: readonly ConfigValues[],
  template: Template | undefined,
) {
  const isText = inline.length > 0 && template && !(type === 'model' && isPlain(template))
  const texts = isText ? writtenConfig(template) : {}
  return {
    yaml: property ? [yaml.slice(1).reduce(mergeVersion, { ...defaults, ...configOf(property.values) })] : yaml,
    inline: Object.keys(texts).length > 0 ? [texts] : inline,
  }
}

/** `config:` of an entry with its templates rendered; hooks keep theirs until they run. */
export function yamlConfig(scope: ParseScope, property: Property): ConfigValues {
  const skipsHooks = (key: string) => /^(pre|post)[-_]hook$/.test(key)
  return renderYaml(
    configOf(property.values),
    yamlContext(scope, property.package),
    property,
    skipsHooks,
  ) as ConfigValues
}

function columnsOfEntry(scope: ParseScope, property: Property, ofVersion: unknown) {
  const context = () => yamlContext(scope, property.package)
  const columns = renderEntry(ofVersion ?? property.values.columns, context, property)
  return readColumns(columns, property, scope.docs)
}

function emptyNode(scope: ParseScope, input: NodeInput): ManifestNode {
  const { type, name, own, property } = input
  const { target } = scope.invocation
  const description = scope.docs.describe(
    input.description ?? property?.values.description,
    own.name,
    () => property?.locate(['description']) ?? { file: input.file, line: input.line },
    property && yamlContext(scope, own),
  )
  return {
    unique_id: input.uniqueId ?? `${type}.${own.name}.${name}`,
    resource_type: type,
    name,
    alias: name,
    package_name: own.name,
    path: input.path,
    original_file_path: input.file,
    fqn: [...input.fqn],
    database: target.database,
    schema: target.schema,
    relation_name: null,
    language: 'sql',
    raw_code: input.code,
    config: { enabled: true, tags: [], meta: {} },
    unrendered_config: {},
    tags: [...(input.tags ?? [])],
    meta: {},
    description: description.text,
    columns: property ? columnsOfEntry(scope, property, input.columns) : {},
    refs: [],
    sources: [],
    metrics: [],
    functions: [],
    depends_on: { nodes: [], macros: [] },
    checksum: input.checksum,
    group: null,
    patch_path: property ? `${property.package.name}://${property.file}` : null,
    docs: { show: true, node_color: null },
    created_at: scope.createdAt,
    build_path: null,
    compiled_path: null,
    extra_ctes: [],
    extra_ctes_injected: false,
    doc_blocks: description.blocks,
    contract: { enforced: false, alias_types: true, checksum: null },
    ...input.extra,
  }
}

function renderNode(
  scope: ParseScope,
  input: NodeInput,
  node: ManifestNode,
  early: ConfigValues,
  inline: ConfigValues[],
): Template | undefined {
  const onConfig = (values: ConfigValues) => inline.push(values)
  node.config = early as NodeConfig
  if (input.render) {
    let context: Context | undefined
    const contextOf = () => {
      context ??= contextOfNode(scope, input, node, early, onConfig)
      return context
    }
    return input.render(node, contextOf, onConfig)
  }
  const { code, file, line } = input
  if (!holdsJinja(code)) return undefined
  const context = contextOfNode(scope, input, node, early, onConfig)
  const template = scope.environment.compile({ name: file, source: code, lineOffset: line - 1 })
  template.renderSync(context)
  warnOfUnknownCalls(scope, context, template.calls, { text: code, file, line, packageName: input.own.name })
  return template
}

const sourceOf = functionOf('source', ['source_name', 'table_name'])
const functionReferenceOf = functionOf('function', ['*args'])

/** Where the templates of a node look up names; what they call tells what the node refers to. */
function contextOfNode(
  scope: ParseScope,
  input: NodeInput,
  node: ManifestNode,
  early: ConfigValues,
  onConfig: (values: ConfigValues) => void,
): NodeContext {
  const { context } = nodeParseContext(scope, input.own, node)
  context
    .set(
      'config',
      configCapture(onConfig, () => early, { isParsing: true }),
    )
    .set(
      'ref',
      refFunction(
        (name, packageName, version) => {
          node.refs.push({ name, package: packageName, version })
          const { database, schema, config } = node
          return nodeRelation(scope.relations, { database, schema, config, alias: name })
        },
        () => runtimeConfig(scope),
      ),
    )
    .set(
      'source',
      sourceOf((source: unknown, table: unknown) => {
        const schema = namedBy(source, 'The source name (first) argument to source()')
        const identifier = namedBy(table, 'The table name (second) argument to source()')
        node.sources.push([schema, identifier])
        const { database } = node
        return sourceRelation(scope.relations, { database, schema, identifier, quoting: {} })
      }),
    )
    .set(
      'function',
      functionReferenceOf((args: unknown[]) => {
        ;(node.functions as string[][]).push(args.map((arg) => str(arg)))
        return ''
      }),
    )
    .set(
      'metric',
      parsingMetric((names) => node.metrics.push(names)),
    )
  return context
}

const referencePattern = /\b(ref|source)\s*\(\s*['"]([^'"]+)['"](?:\s*,\s*['"]([^'"]+)['"])?/g

/** Where ref() or source() is first called with a name (`orders`, `shop.orders`), for a message that it leads nowhere. */
function placeOfReference({ code, file, line }: NodeInput, name: string): SourceLocation | undefined {
  for (const { index, 1: called, 2: first, 3: second } of code.matchAll(referencePattern)) {
    if (name !== (called === 'source' ? `${first}.${second}` : (second ?? first))) continue
    const before = code.slice(0, index)
    return { file, line: line + before.split('\n').length - 1, column: index - before.lastIndexOf('\n') }
  }
  return undefined
}

/** What of the config the manifest shows at the node's top as well. */
function applyConfig(node: ManifestNode, config: NodeConfig): void {
  node.config = config
  for (const tag of config.tags) if (!node.tags.includes(tag)) node.tags.push(tag)
  node.meta = isMapping(config.meta) ? config.meta : {}
  node.group = typeof config.group === 'string' ? config.group : null
  // dbt drops keys that it does not know of these two.
  if (isMapping(config.docs)) {
    node.docs = { show: config.docs.show !== false, node_color: (config.docs.node_color as string | undefined) ?? null }
    config.docs = { ...node.docs }
  }
  if (isMapping(config.contract)) {
    const enforced = config.contract.enforced === true
    const alias_types = config.contract.alias_types !== false
    node.contract = { enforced, alias_types, checksum: null }
    config.contract = { enforced, alias_types }
  }
}

function duplicateNode(first: ManifestNode, second: ManifestNode, input: NodeInput) {
  const isTest = input.type === 'test'
  const plain = [first, second].find((one) => one.version != null && basename(one.path, '.sql') === one.name)
  if (plain)
    return transformErrors.create('TRANSFORM_DUPLICATE_NAME', {
      message: `dbt found versioned and unversioned models with the name "${plain.name}".\n\nSince these resources have the same name, dbt will be unable to find the correct resource\nwhen looking for ref('${plain.name}').\n\nTo fix this, change the name of the unversioned resource\nmodel.${plain.package_name}.${plain.name} (${plain.original_file_path})\nor add the unversioned model to the versions in ${plain.patch_path}`,
      at: { file: plain.original_file_path },
      data: { dbtType: 'Parsing' },
    })
  return transformErrors.create('TRANSFORM_DUPLICATE_NAME', {
    message: `dbt found two ${pluralOf(input.type)} with the name "${second.name}" in the package '${input.own.name}':\n- ${first.unique_id} (${first.original_file_path})\n- ${second.unique_id} (${second.original_file_path})`,
    at: { file: input.file, line: input.line },
    hint: isTest
      ? 'They are the same test with the same arguments. Remove one, or give each a `name:`.'
      : 'Rename one of the files; `alias` can keep its table name.',
  })
}
