import { didYouMean } from '../../../base/index.js'
import type { JinjaCallable } from '../../../jinja/index.js'
import type { BoundMacro } from '../../context/macro-registry.js'
import type { NodeContext } from '../../context/node-context.js'
import type { ManifestMacro, ManifestNode } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import type { ParsedProject } from '../../parse/parse-project.js'

/**
 * The macro that materializes a node. One for the adapter comes before a default one; among equals the root project's
 * before a package's before a built-in one. A package may only add materializations: one that takes the place of a built-in
 * one is passed over, unless the project's flags say otherwise. @throws TRANSFORM_UNSUPPORTED
 */
export function findMaterialization(
  project: ParsedProject,
  context: NodeContext,
  node: ManifestNode,
  name = node.config.materialized ?? 'view',
): JinjaCallable {
  const { type } = project.target
  const { events, flags } = project.invocation
  const isBuiltin = ({ package_name }: ManifestMacro) => project.builtin.includes(package_name)
  const isImported = (macro: ManifestMacro) => macro.package_name !== project.root.name && !isBuiltin(macro)
  const candidates = [type, 'default'].flatMap((suffix) =>
    [project.root.name, ...project.packages.map((one) => one.name), ...project.builtin].flatMap((owner) => {
      const members = context.get(owner) as { jinjaAttribute?(key: string): unknown } | undefined
      const found = members?.jinjaAttribute?.(`materialization_${name}_${suffix}`) as BoundMacro | undefined
      return found ? [found] : []
    }),
  )
  let [chosen] = candidates
  if (chosen && isImported(chosen.macro) && candidates.some(({ macro }) => isBuiltin(macro))) {
    if (flags.require_explicit_package_overrides_for_builtin_materializations === false)
      events?.deprecate('PackageMaterializationOverrideDeprecation', {
        package_name: chosen.macro.package_name,
        materialization_name: name,
      })
    else chosen = candidates.find(({ macro }) => !isImported(macro))
  }
  if (chosen) {
    checkLanguage(chosen, name, node, isBuiltin(chosen.macro))
    return chosen
  }
  throw transformErrors.create('TRANSFORM_UNSUPPORTED', {
    message: `No materialization '${name}' was found for adapter ${type}! (searched types 'default' and '${type}')`,
    at: { file: node.original_file_path },
    hint: `${didYouMean(name, builtin) ?? ''} Built in for models are ${builtin.join(', ')}; a project may define its own.`.trim(),
    data: { dbtType: 'Compilation' },
  })
}

const builtin = ['table', 'view', 'incremental', 'ephemeral', 'materialized_view']

/**
 * @throws TRANSFORM_COMPILE where a materialization was written for other languages than the node's
 * @throws TRANSFORM_UNSUPPORTED for Python models
 */
function checkLanguage({ macro }: BoundMacro, name: string, node: ManifestNode, isBuiltin: boolean): void {
  const { language, original_file_path } = node
  const languages = macro.supported_languages
  if (!languages || languages.includes(language)) return
  if (isBuiltin && language === 'python')
    throw transformErrors.create('TRANSFORM_UNSUPPORTED', {
      message: `${node.name} is a Python model. Millrace has no Python to run it with.`,
      at: { file: original_file_path },
      hint: `Write it as SQL or as a TypeScript asset, or leave it out with \`--exclude ${node.name}\`: what another program makes can be read as a source.`,
    })
  throw transformErrors.create('TRANSFORM_COMPILE', {
    message: `Materialization "${name}" only supports languages ${JSON.stringify(languages)}; got "${language}"`,
    at: { file: original_file_path },
  })
}
