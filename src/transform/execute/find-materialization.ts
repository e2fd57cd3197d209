import type { JinjaCallable } from '../../jinja/index.js'
import type { BoundMacro } from '../context/macro-registry.js'
import type { NodeContext } from '../context/node-context.js'
import type { ManifestNode } from '../contract.js'
import { transformErrors } from '../errors.js'
import type { ParsedProject } from '../parse/parse-project.js'

/**
 * The macro that materializes a node. One for the adapter comes before a default one; among equals the root project's
 * before a package's before a built-in one. @throws TRANSFORM_UNSUPPORTED
 */
export function findMaterialization(
  project: ParsedProject,
  context: NodeContext,
  node: ManifestNode,
  name = node.config.materialized ?? 'view',
): JinjaCallable {
  const { type } = project.target
  for (const suffix of [type, 'default'])
    for (const owner of [project.root.name, ...project.packages.map((one) => one.name), ...project.builtin]) {
      const members = context.get(owner) as { jinjaAttribute?(key: string): unknown } | undefined
      const macro = members?.jinjaAttribute?.(`materialization_${name}_${suffix}`)
      if (macro) {
        checkLanguage(macro as BoundMacro, name, node)
        return macro as BoundMacro
      }
    }
  throw transformErrors.create('TRANSFORM_UNSUPPORTED', {
    message: `There is no materialization '${name}' for ${type}.`,
    at: { file: node.original_file_path },
    hint: 'Built in are table, view, incremental, ephemeral, seed, snapshot and test; a project may define its own.',
  })
}

/** @throws TRANSFORM_COMPILE where a materialization was written for other languages than the node's */
function checkLanguage({ macro }: BoundMacro, name: string, { language, original_file_path }: ManifestNode): void {
  const languages = macro.supported_languages
  if (!languages || languages.includes(language)) return
  throw transformErrors.create('TRANSFORM_COMPILE', {
    message: `Materialization "${name}" only supports languages ${JSON.stringify(languages)}; got "${language}"`,
    at: { file: original_file_path },
  })
}
