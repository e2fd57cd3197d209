import type { ResourceType } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import type { ParsedProject } from '../../parse/parse-project.js'
import { isIndirect, selectNodes } from '../../select/index.js'
import type { CommandInvocation, Retried } from './invocation.js'
import { nearestSelection } from './nearest-selection.js'

/**
 * What `--select` and its like mean among the types that a command works on. `onRequest`: types that it only takes when
 * `--resource-type` names them. @throws TRANSFORM_SELECTION
 */
export function selectionOf(
  invocation: CommandInvocation,
  project: ParsedProject,
  types: readonly ResourceType[],
  onRequest: readonly ResourceType[] = [],
): Set<string> {
  const { retried, flags, former, log } = invocation
  if (retried) return retriedIds(retried, project)
  const { select, exclude, selector, resourceType, excludeResourceType, indirect } = flags
  if (indirect !== undefined && !isIndirect(indirect))
    throw transformErrors.create('TRANSFORM_USAGE', {
      message: `Invalid value for '--indirect-selection': '${indirect}' is not one of 'eager', 'cautious', 'buildable', 'empty'.`,
    })
  const possible = [...types, ...onRequest]
  const asked = (names: readonly string[] = []) =>
    possible.filter(
      (type) => names.includes('all') || names.includes(type) || (names.includes('default') && types.includes(type)),
    )
  return selectNodes(project.manifest, {
    select,
    exclude,
    selector,
    selectors: project.selectors,
    resourceTypes: resourceType === undefined ? types : asked(resourceType),
    excludeResourceTypes: asked(excludeResourceType),
    indirect,
    previous: former.state(project),
    onDefault: (name) => log.fire('DefaultSelector', { name }),
    onNothing: (spec_raw) => {
      log.warn('NoNodesForSelectionCriteria', { spec_raw })
      const meant = nearestSelection(spec_raw, project.manifest)
      if (meant) invocation.info(meant)
    },
    onLargeSeed: (event, { package_name, name }) => log.warn(event, { package_name, name }),
    onBreakingChange: ({ name, original_file_path }, changes) =>
      log.warn('UnversionedBreakingChange', {
        breaking_changes: [...changes],
        model_name: name,
        model_file_path: original_file_path,
        contract_enforced_disabled: changes.some((change) => change.startsWith('Contract enforcement')),
        columns_removed: [],
        column_type_changes: [],
        enforced_column_constraint_removed: [],
        enforced_model_constraint_removed: [],
        materialization_changed: [],
      }),
  })
}

/** @throws TRANSFORM_COMPILE for what is there no longer */
function retriedIds({ ids }: Retried, { manifest }: ParsedProject): Set<string> {
  const { nodes, unit_tests, exposures, saved_queries, functions, sources, macros } = manifest
  const all = [nodes, unit_tests, exposures, saved_queries, functions, sources, macros]
  for (const id of ids)
    if (!all.some((group) => id in group))
      throw transformErrors.create('TRANSFORM_COMPILE', {
        message: `Couldn't find model '${id}' -- does it exist or is it disabled?`,
        hint: 'It failed in the run that is retried. Run that command again instead.',
      })
  return new Set(ids)
}
