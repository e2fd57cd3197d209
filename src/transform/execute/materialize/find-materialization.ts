import { didYouMean } from '../../../base/index.js'
import type { JinjaCallable } from '../../../jinja/index.js'
import type { NodeContext } from '../../context/node-context.js'
import type { ManifestMacro, ManifestNode } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import type { ParsedProject } from '../../parse/parse-project.js'

/** The macro that builds a node. @throws TRANSFORM_UNSUPPORTED, TRANSFORM_COMPILE where there is none for it or for its language */
export function materializationOf(project: ParsedProject, node: ManifestNode): ManifestMacro {
  const macro = findMaterialization(project, node, node.config.materialized ?? 'view')
  checkLanguage(macro, node, isBuiltin(project, macro))
  return macro
}

/** The macro that shows another environment's relation as this node's. It runs no code of the node, whatever language that is in. */
export const cloneMaterialization = (project: ParsedProject, node: ManifestNode): ManifestMacro =>
  findMaterialization(project, node, 'clone')

/** A materialization as it is called in a node's context. */
export function boundMaterialization(context: NodeContext, { package_name, name }: ManifestMacro): JinjaCallable {
  const members = context.get(package_name) as { jinjaAttribute(key: string): unknown }
  return members.jinjaAttribute(name) as JinjaCallable
}

const isBuiltin = ({ builtin }: ParsedProject, { package_name }: ManifestMacro) => builtin.includes(package_name)

/**
 * One for the adapter comes before a default one; among equals the root project's before a package's before a built-in one.
 * A package may only add materializations: one that takes the place of a built-in one is passed over, unless the project's
 * flags say otherwise. @throws TRANSFORM_UNSUPPORTED
 */
function findMaterialization(project: ParsedProject, node: ManifestNode, name: string): ManifestMacro {
  const { type } = project.target
  const { events, flags } = project.invocation
  const isImported = (macro: ManifestMacro) => macro.package_name !== project.root.name && !isBuiltin(project, macro)
  const candidates = [type, 'default'].flatMap((suffix) =>
    [project.root.name, ...project.packages.map((one) => one.name), ...project.builtin].flatMap(
      (owner) => project.registry.findIn(owner, `materialization_${name}_${suffix}`) ?? [],
    ),
  )
  let [chosen] = candidates
  if (chosen && isImported(chosen) && candidates.some((macro) => isBuiltin(project, macro))) {
    if (flags.require_explicit_package_overrides_for_builtin_materializations === false)
      events?.deprecate('PackageMaterializationOverrideDeprecation', {
        package_name: chosen.package_name,
        materialization_name: name,
      })
    else chosen = candidates.find((macro) => !isImported(macro))
  }
  if (chosen) return chosen
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
function checkLanguage({ supported_languages: languages }: ManifestMacro, node: ManifestNode, isOurs: boolean): void {
  const { language, original_file_path, config } = node
  if (!languages || languages.includes(language)) return
  if (isOurs && language === 'python')
    throw transformErrors.create('TRANSFORM_UNSUPPORTED', {
      message: `${node.name} is a Python model. Millrace has no Python to run it with.`,
      at: { file: original_file_path },
      hint: `Write it as SQL or as a TypeScript asset, or leave it out with \`--exclude ${node.name}\`: what another program makes can be read as a source.`,
    })
  throw transformErrors.create('TRANSFORM_COMPILE', {
    message: `Materialization "${config.materialized ?? 'view'}" only supports languages ${JSON.stringify(languages)}; got "${language}"`,
    at: { file: original_file_path },
  })
}
