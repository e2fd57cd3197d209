import { str } from '../../../jinja/index.js'
import { nodeRelation } from '../../adapter/node-relation.js'
import { type NodeContext, varsFor } from '../../context/node-context.js'
import { varFunction } from '../../context/var-function.js'
import type { ManifestMacro, ManifestNode } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { isRefable } from '../../graph/resource-types.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import { parseContext } from '../scope/parse-context.js'
import type { ParseScope } from '../scope/parse-scope.js'

type NamePart = 'database' | 'schema' | 'alias'
type MakeName = (custom: unknown, node: ManifestNode) => string | null

type Makers = Readonly<Record<NamePart, MakeName>>

/** By package. */
const makers = new WeakMap<ParseScope, Map<DbtPackage, Makers>>()

/** generate_database_name, generate_schema_name and generate_alias_name decide where a node lies. */
export function nameNode(scope: ParseScope, node: ManifestNode, own: DbtPackage): void {
  const { config } = node
  const make = makersOf(scope, own)
  node.database = scope.relations.rules.refusesDatabasesAs !== undefined ? null : make.database(config.database, node)
  const schema = make.schema(config.schema, node)
  if (schema === null) checkSchemaName(scope, node)
  node.schema = schema ?? ''
  node.alias = make.alias(config.alias, node) ?? node.name
  if (node.resource_type === 'snapshot') {
    if (typeof config.target_database === 'string' && config.target_database !== '')
      node.database = config.target_database
    if (typeof config.target_schema === 'string' && config.target_schema !== '') node.schema = config.target_schema
  }
  node.relation_name = isStored(node) ? nodeRelation(scope.relations, node).render() : null
}

function isStored(node: ManifestNode): boolean {
  if (node.resource_type === 'test') return node.config.store_failures === true
  return (isRefable(node) || node.resource_type === 'function') && node.config.materialized !== 'ephemeral'
}

function makersOf(scope: ParseScope, own: DbtPackage): Makers {
  const known = makers.get(scope) ?? new Map<DbtPackage, Makers>()
  makers.set(scope, known)
  const found = known.get(own) ?? {
    database: createMaker(scope, 'database', own),
    schema: createMaker(scope, 'schema', own),
    alias: createMaker(scope, 'alias', own),
  }
  known.set(own, found)
  return found
}

/** A package's own macro names its nodes, then the root project's, then the built-in one. */
function createMaker(scope: ParseScope, part: NamePart, own: DbtPackage): MakeName {
  const { registry, root, builtin, packages } = scope
  const name = `generate_${part}_name`
  const macro =
    registry.findIn(own.name, name) ??
    registry.findIn(root.name, name) ??
    builtin.map((one) => registry.findIn(one, name)).find((found) => found !== undefined)
  const isStandard = (candidate: ManifestMacro | undefined) => !candidate || builtin.includes(candidate.package_name)
  const overridden = packages.some((one) =>
    [...scope.dispatchPrefixes, 'default__'].some((prefix) => registry.findIn(one.name, `${prefix}${name}`)),
  )
  if (isStandard(macro) && !overridden) return (custom, node) => standardName(scope, part, custom, node)
  let context: NodeContext | undefined
  return (custom, node) => {
    context ??= namingContext(scope, packageOf(scope, macro?.package_name) ?? own)
    const bound = context.get(name) as { jinjaCall(args: unknown[], kwargs: null): unknown }
    const value = bound.jinjaCall([custom ?? null, node], null)
    return value === null ? null : str(value).trim()
  }
}

/** A name is made for good: here a var that is not set is no None that might never be used. */
function namingContext(scope: ParseScope, own: DbtPackage): NodeContext {
  const { invocation, root, tracker } = scope
  const vars = varsFor({ invocation, root, packageName: own.name, own })
  const onRead = (name: string) => tracker.read(`var:${own.name}:${name}`)
  return parseContext(scope, own).context.set('var', varFunction(vars, { owner: own.name, onRead }))
}

const packageOf = (scope: ParseScope, name: string | undefined) => scope.packages.find((one) => one.name === name)

/** What the built-in macros answer, without rendering them for every node. */
function standardName({ invocation: { target } }: ParseScope, part: NamePart, custom: unknown, node: ManifestNode) {
  const given = custom === null || custom === undefined ? undefined : str(custom).trim()
  if (part === 'database') return given ?? target.database
  if (part === 'schema') return given === undefined ? target.schema : `${target.schema}_${given}`
  if (given) return given
  return node.version === null || node.version === undefined
    ? node.name
    : `${node.name}_v${String(node.version).replaceAll('.', '_')}`
}

/** generate_schema_name must answer a name. */
function checkSchemaName({ invocation, diagnostics }: ParseScope, node: ManifestNode): void {
  const message = `Node '${node.unique_id}' has a schema set to None as a result of a generate_schema_name call.`
  const at = { file: node.original_file_path }
  const hint = 'Let the macro answer target.schema where there is no custom schema.'
  if (invocation.flags.require_valid_schema_from_generate_schema_name === true)
    diagnostics.error(transformErrors.create('TRANSFORM_YAML_INVALID', { message, at, hint }))
  else
    diagnostics.warn({
      code: 'TRANSFORM_YAML_INVALID',
      message,
      event: { name: 'GenerateSchemaNameNullValueDeprecation', data: { resource_unique_id: node.unique_id } },
      at,
      hint,
    })
}
