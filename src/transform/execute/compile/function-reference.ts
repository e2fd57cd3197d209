import { defineFunction, str } from '../../../jinja/index.js'
import { nodeRelation, type RelationSettings } from '../../adapter/node-relation.js'
import type { Relation } from '../../adapter/relation.js'
import type { Manifest, ManifestNode } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { resourceNamed } from '../../graph/named-nodes.js'

export interface FunctionScope {
  readonly manifest: Manifest
  readonly relations: RelationSettings
  readonly node: ManifestNode
  /** With --defer: the function of another environment that stands in for one. */
  readonly deferred?: ((node: ManifestNode) => Relation | undefined) | undefined
}

/** `function('name')`, `function('package', 'name')`: the name under which the database knows a function of the project. */
export function executionFunction({ manifest, relations, node, deferred }: FunctionScope) {
  return defineFunction('function', ['*args'], (args: unknown[]) => {
    const names = args.map((arg) => str(arg))
    const { functions, metadata } = manifest
    const found = resourceNamed(functions, names, metadata.project_name, node.package_name) as ManifestNode | undefined
    if (found) return deferred?.(found) ?? nodeRelation(relations, found, { type: 'function' })
    throw transformErrors.create('TRANSFORM_REF_NOT_FOUND', {
      message: `There is no function '${names.join('.')}'.`,
      hint: 'Functions stand in files below functions/, with their arguments in a properties file.',
    })
  })
}
