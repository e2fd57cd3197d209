import { defineFunction, str } from '../../jinja/index.js'
import { nodeRelation, type RelationSettings } from '../adapter/node-relation.js'
import type { Manifest, ManifestNode } from '../contract.js'
import { transformErrors } from '../errors.js'

export interface FunctionScope {
  readonly manifest: Manifest
  readonly relations: RelationSettings
  readonly node: ManifestNode
}

/** `function('name')`, `function('package', 'name')`: the name under which the database knows a function of the project. */
export function executionFunction({ manifest, relations, node }: FunctionScope) {
  return defineFunction('function', ['*args'], (args: unknown[]) => {
    const names = args.map((arg) => str(arg))
    const found = functionNamed(manifest, names.at(-1) ?? '', names.length > 1 ? names[0] : undefined, node)
    if (found) return nodeRelation(relations, found, { type: 'function' })
    throw transformErrors.create('TRANSFORM_REF_NOT_FOUND', {
      message: `There is no function '${names.join('.')}'.`,
      hint: 'Functions stand in files below functions/, with their arguments in a properties file.',
    })
  })
}

/** Of several with one name the root project's comes first, then that of the package that asks. */
function functionNamed(
  { functions, metadata }: Manifest,
  name: string,
  packageName: string | undefined,
  { package_name }: ManifestNode,
): ManifestNode | undefined {
  const all = Object.values(functions).filter((one) => one.name === name) as unknown as ManifestNode[]
  if (packageName !== undefined) return all.find((one) => one.package_name === packageName)
  return (
    all.find((one) => one.package_name === metadata.project_name) ??
    all.find((one) => one.package_name === package_name) ??
    all[0]
  )
}
