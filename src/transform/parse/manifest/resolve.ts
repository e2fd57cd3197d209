import { codeFrame, didYouMean, MillraceError, type SourceLocation } from '../../../base/index.js'
import { repr } from '../../../jinja/index.js'
import type { ManifestNode } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { resourceNamed } from '../../graph/named-nodes.js'
import { withSubject } from '../../log/error-text.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import type { ParseScope, Unresolved } from '../scope/parse-scope.js'
import { referredMetric } from '../semantic-layer/index.js'

/** Turns the names that nodes and exposures refer to into ids; what leads nowhere is reported with its place. */
export function resolveReferences(scope: ParseScope): void {
  for (const unresolved of scope.unresolved)
    scope.tracker.again(unresolved.own, unresolved.at.file, () => resolveNode(scope, unresolved))
  checkGroups(scope)
  for (const exposure of scope.unresolvedExposures) {
    const isIt = (one: { readonly name: string; readonly file: string }) =>
      one.name === exposure.name && one.file === exposure.original_file_path
    const at = scope.properties.ofKind('exposures').find(isIt)?.at ?? { file: exposure.original_file_path }
    const asker = `Exposure '${exposure.unique_id}' (${exposure.original_file_path})`
    const own = scope.packages.find((one) => one.name === exposure.package_name) ?? scope.root
    const refs = exposure.refs as ManifestNode['refs']
    const sources = exposure.sources as [string, string][]
    scope.tracker.again(own, exposure.original_file_path, () => {
      const find: Finding = (_, look) => scope.diagnostics.attempt(look)
      const nodes = dependencies(scope, { refs, sources, name: exposure.name }, own, asker, () => at, find)
      const metrics = metricsOf(scope, exposure as unknown as ManifestNode, asker, at)
      exposure.depends_on = { macros: [], nodes: [...nodes, ...metrics] }
      checkAccess(scope, { ...exposure, group: null, depends_on: exposure.depends_on }, at)
    })
  }
}

function resolveNode(scope: ParseScope, { node, own, at, placeOf, firstLine }: Unresolved): void {
  const kind =
    node.resource_type === 'test' ? 'Test' : node.resource_type[0]?.toUpperCase() + node.resource_type.slice(1)
  const asker = `${kind} '${node.unique_id}' (${node.original_file_path})`
  const frame = (place: SourceLocation) =>
    place.column === undefined || place.line === undefined
      ? undefined
      : codeFrame(node.raw_code, place.line - firstLine + 1, place.column, firstLine)
  const find: Finding =
    node.resource_type === 'test'
      ? (target, look) => foundOrLeftOut(scope, node, target, look)
      : (_, look) => scope.diagnostics.attempt(look)
  node.depends_on.nodes = [
    ...dependencies(scope, node, own, asker, placeOf, find, frame),
    ...metricsOf(scope, node, asker, at),
    ...functionsOf(scope, node, asker, at),
  ]
  if (node.group !== null) scope.tracker.read(`group:${node.group}`)
  checkAccess(scope, node, at)
}

function metricsOf(scope: ParseScope, node: ManifestNode, asker: string, at: SourceLocation): string[] {
  if (node.metrics.length === 0) return []
  const found = node.metrics.flatMap(
    (names) => scope.diagnostics.attempt(() => referredMetric(scope, names, node, asker), at)?.unique_id ?? [],
  )
  return [...new Set(found)]
}

function functionsOf(
  { manifest, diagnostics, root }: ParseScope,
  node: ManifestNode,
  asker: string,
  at: SourceLocation,
) {
  const ids = new Set<string>()
  for (const names of (node.functions ?? []) as string[][]) {
    const found = resourceNamed(manifest.functions, names, root.name, node.package_name)
    if (found) ids.add(found.unique_id)
    else
      diagnostics.error(
        transformErrors.create('TRANSFORM_REF_NOT_FOUND', {
          message: `${asker} depends on a function named '${names.join('.')}' which was not found.`,
          at,
          hint: 'Functions stand in files below functions/.',
        }),
      )
  }
  return ids
}

function dependencies(
  scope: ParseScope,
  node: Pick<ManifestNode, 'refs' | 'sources'> & { readonly name?: string },
  own: DbtPackage,
  asker: string,
  placeOf: (name: string) => SourceLocation,
  find: Finding,
  frame: (place: SourceLocation) => string | undefined = () => undefined,
): string[] {
  const ids = new Set<string>()
  const { references } = scope
  for (const [source, table] of node.sources) {
    const name = `${source}.${table}`
    const found = find({ kind: 'source', name }, () =>
      references.source(source, table, own.name, { asker, placeOf: () => placeOf(name), frame }),
    )
    if (found) ids.add(found.unique_id)
  }
  for (const reference of node.refs) {
    const place = () => placeOf(reference.name)
    const target: Target = { kind: 'node', name: reference.name, package: reference.package }
    const found = find(target, () => references.node(reference, own.name, { asker, placeOf: place, frame }))
    if (!found) continue
    ids.add(found.unique_id)
    warnOfRootNode(scope, node, reference, own, found, place)
  }
  return [...ids]
}

/** What a template names. */
interface Target {
  readonly kind: 'node' | 'source'
  readonly name: string
  readonly package?: string | null
}

/** Finds it, or reports in its way that it is not there. */
type Finding = <T>(target: Target, look: () => T) => T | undefined

/** A test of what is not there cannot run: dbt leaves it out, with a warning unless that is disabled on purpose. */
function foundOrLeftOut<T>(
  { diagnostics, invocation }: ParseScope,
  node: ManifestNode,
  target: Target,
  look: () => T,
): T | undefined {
  try {
    return look()
  } catch (thrown) {
    if (!(thrown instanceof MillraceError)) throw thrown
    node.config.enabled = false
    const { message, hint, at } = thrown
    const data = {
      resource_type_title: 'Test',
      unique_id: node.unique_id,
      original_file_path: node.original_file_path,
      target_kind: target.kind,
      target_name: target.name,
      target_package: target.package ?? '',
    }
    if (thrown.data?.isDisabled === true)
      invocation.events?.fire('InvalidDisabledTargetInTestNode', data, {
        level: target.kind === 'source' ? 'warn' : 'debug',
      })
    else {
      const event = { name: 'NodeNotFoundOrDisabled', data: { ...data, disabled: 'False' } } as const
      diagnostics.warn({ code: thrown.code, message, hint, at, event })
    }
    return undefined
  }
}

/** A package whose ref found the root project's node may become part of a circle. */
function warnOfRootNode(
  { root, diagnostics }: ParseScope,
  node: { readonly name?: string },
  reference: ManifestNode['refs'][number],
  own: DbtPackage,
  found: ManifestNode,
  placeOf: () => SourceLocation,
): void {
  if (own.name === root.name || found.package_name !== root.name || reference.package === root.name) return
  const name = node.name ?? ''
  diagnostics.warn({
    code: 'TRANSFORM_REF_NOT_FOUND',
    message: `'${name}' of the package ${own.name} depends on ${found.unique_id} of the root project.`,
    event: {
      name: 'PackageNodeDependsOnRootProjectNode',
      data: { node_name: name, package_name: own.name, root_project_unique_id: found.unique_id },
    },
    at: placeOf(),
  })
}

/** A group that is not there is one mistake, however many nodes a line of dbt_project.yml gives it to. */
function checkGroups({ manifest, unresolved, diagnostics }: ParseScope): void {
  const names = Object.values(manifest.groups).map(({ name }) => name)
  const first = new Map<string, Unresolved>()
  for (const one of unresolved) {
    const { group } = one.node
    if (group !== null && !names.includes(group) && !first.has(group)) first.set(group, one)
  }
  for (const [group, { node, at }] of first) {
    const error = transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: `Invalid group '${group}', expected one of ${repr(names.sort())}`,
      at,
      hint: didYouMean(group, names) ?? 'Declare it below `groups:` in a properties file.',
    })
    diagnostics.error(withSubject(error, node))
  }
}

type Asker = Pick<
  ManifestNode,
  'unique_id' | 'resource_type' | 'name' | 'package_name' | 'group' | 'depends_on' | 'attached_node'
>

/** A private model is for its own group, a protected one for its own package when that package says so. */
function checkAccess(scope: ParseScope, node: Asker, at: SourceLocation): void {
  // A test of a node is of the node's group.
  const group = scope.manifest.nodes[node.attached_node ?? '']?.group ?? node.group
  for (const id of node.depends_on.nodes) {
    const target = scope.manifest.nodes[id]
    if (!target || id === node.attached_node) continue
    const circle = closedCircle(scope, { ...node, group }, target)
    if (circle === undefined) continue
    scope.diagnostics.error(
      transformErrors.create('TRANSFORM_ACCESS', {
        message: `Node ${node.unique_id} attempted to reference node ${id}, which is not allowed because the referenced node is ${target.access} to the ${circle}.`,
        at,
        hint:
          target.access === 'private'
            ? `${node.resource_type === 'exposure' ? 'Make' : `Give ${node.name} the group '${target.group}', or make`} ${target.name} protected.`
            : `Make ${target.name} public in the package ${target.package_name}.`,
      }),
    )
  }
}

/** Of which circle a node had to be a part to read another; undefined when it may. */
function closedCircle({ packages }: ParseScope, node: Asker, target: ManifestNode): string | undefined {
  const isOutside =
    node.package_name !== target.package_name &&
    packages.find(({ name }) => name === target.package_name)?.restrictsAccess === true
  if (target.access === 'private' && target.group && (isOutside || target.group !== node.group))
    return `'${target.group}' group`
  return target.access === 'protected' && isOutside ? `'${target.package_name}' package` : undefined
}
