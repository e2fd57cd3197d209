import type { Context } from '../../../jinja/index.js'
import { varFunction } from '../../context/var-function.js'
import type { Manifest } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { findCycle, graphMaps, graphMembers } from '../../graph/graph.js'
import { projectFile } from '../../project/project-file.js'
import { shownSelector } from '../../select/index.js'
import { checkDescribed } from '../checks/described.js'
import { checkDistinctNames } from '../checks/distinct-names.js'
import { checkMicrobatchModels } from '../checks/microbatch-models.js'
import { checkModelDeprecations } from '../checks/model-deprecations.js'
import { checkNamesWithSpaces } from '../checks/names-with-spaces.js'
import { checkRelations } from '../checks/relations.js'
import { checkUnusedConfigs } from '../checks/unused-configs.js'
import { ProjectConfigs } from '../configs/project-configs.js'
import { parseGenericTests } from '../data-tests/generic-test-nodes.js'
import { linkMacros } from '../macros/macro-calls.js'
import { patchMacros } from '../macros/macro-entries.js'
import { parseExposures } from '../resources/exposures.js'
import { parseFunctions } from '../resources/functions.js'
import { parseGroups } from '../resources/groups.js'
import { parseModels } from '../resources/models.js'
import { parseAnalyses, parseHooks, parseSeeds, parseSingularTests } from '../resources/other-nodes.js'
import { inferPrimaryKeys } from '../resources/primary-keys.js'
import { parseSnapshots } from '../resources/snapshots.js'
import { parseSources } from '../resources/sources.js'
import { parseApi } from '../scope/parse-adapter.js'
import { parseContext } from '../scope/parse-context.js'
import type { ParserOptions, ParseScope } from '../scope/parse-scope.js'
import { References } from '../scope/references.js'
import { checkSemanticLayer, parseSemanticLayer } from '../semantic-layer/index.js'
import { parseUnitTests } from '../unit-tests/unit-tests.js'
import { Properties, type Property } from '../yaml/properties.js'
import { propertyFiles, readProperties } from '../yaml/read-properties.js'
import { renderYaml } from '../yaml/yaml-values.js'
import { emptyManifest } from './empty-manifest.js'
import { overview } from './overview.js'
import { resolveReferences } from './resolve.js'

/**
 * Reads files and properties into the manifest: first every node by itself, then what they refer to.
 * @throws the only error, or TRANSFORM_PROJECT_BROKEN with all of them
 */
export function parseIntoManifest(scope: ParseScope): Manifest {
  const { manifest, diagnostics } = scope
  parseFiles(scope)
  checkSemanticLayer(scope)
  inferPrimaryKeys(manifest)
  addMacrosAndDocs(scope)
  const groups = Object.values(manifest.groups).map(({ name }) => name)
  const maps = graphMaps(graphMembers(manifest), groups)
  manifest.parent_map = maps.parent
  manifest.child_map = maps.child
  manifest.group_map = maps.group
  scope.tracker.withinProject(() => {
    checkNamesWithSpaces(scope)
    checkModelDeprecations(scope)
    checkUnusedConfigs(scope)
  })
  const cycle = findCycle(manifest)
  if (cycle) diagnostics.error(cycle)
  diagnostics.throwErrors()
  return manifest
}

/** Everything that files say, and what their names lead to; files that are clean are passed over. */
export function parseFiles(scope: ParseScope): void {
  const { packages, diagnostics } = scope
  patchMacros(scope)
  for (const own of packages) {
    diagnostics.attempt(() => parseModels(scope, own))
    parseAnalyses(scope, own)
    parseSingularTests(scope, own)
    parseSeeds(scope, own)
    parseSnapshots(scope, own)
    parseHooks(scope, own)
    parseFunctions(scope, own)
  }
  checkDescribed(scope)
  parseSources(scope)
  parseGroups(scope)
  parseGenericTests(scope)
  parseExposures(scope)
  parseUnitTests(scope)
  parseSemanticLayer(scope)
  checkDistinctNames(scope)
  checkRelations(scope)
  resolveReferences(scope)
  checkMicrobatchModels(scope)
}

/** What is read anew every time: there is little of it, and everything may depend on it. */
export function addMacrosAndDocs({ manifest, registry, root, dispatchPrefixes, docs, selectors }: ParseScope): void {
  linkMacros(registry, root, dispatchPrefixes)
  for (const macro of registry.all()) manifest.macros[macro.unique_id] = macro
  for (const doc of [overview, ...docs.all]) manifest.docs[doc.unique_id] = doc
  manifest.selectors = Object.fromEntries(selectors.map((selector) => [selector.name, shownSelector(selector)]))
}

export function createScope(options: ParserOptions): ParseScope {
  const { root, packages, diagnostics, invocation } = options
  const { tracker } = options
  options.onTracker(tracker)
  const onRead = (key: string) => tracker.read(key)
  options.docs.reportTo(diagnostics)
  const properties = new Properties(onRead)
  for (const own of packages)
    for (const file of propertyFiles(own)) {
      const entries = tracker.isClean(own, file.original)
        ? options.knownEntries?.(own, file)
        : tracker.within(own, file.original, 'models', () =>
            diagnostics.attempt(() => readProperties(file, own, tracker, diagnostics)),
          )
      for (const property of entries ?? []) properties.add(property, diagnostics, duplicateEntry)
    }
  // In dbt_project.yml only the vars of the command line and of vars.yml are known.
  let configContext: Context | undefined
  const configs = new ProjectConfigs(
    root,
    (value, of) => {
      configContext ??= parseContext(scope, root).context.set(
        'var',
        varFunction(new Map(Object.entries({ ...root.varsOfFile, ...invocation.cliVars })), {
          onRead: (name) => onRead(`var::${name}`),
        }),
      )
      return tracker.withinProject(() => renderYaml(value, configContext as Context, projectFile(of, root)))
    },
    (path, of) => projectFile(of, root).locate(path),
    { hasAnalyses: invocation.flags.require_corrected_analysis_fqns === true },
  )
  const scope: ParseScope = {
    ...options,
    manifest: emptyManifest(options),
    configs,
    properties,
    api: parseApi(invocation.target),
    references: new References(root.name, invocation.flags, onRead),
    unresolved: [],
    unresolvedExposures: [],
    yamlContexts: new Map(),
  }
  diagnostics.attempt(() => configs.renderAll(), { file: 'dbt_project.yml' })
  return scope
}

function duplicateEntry(first: Property, second: Property) {
  return transformErrors.create('TRANSFORM_DUPLICATE_NAME', {
    message: `dbt found two ${second.kind} with the name "${second.name}" in properties files: in ${first.file}${first.at.line ? `:${first.at.line}` : ''} and in ${second.file}.`,
    at: second.at,
    hint: 'Merge the two entries into one.',
  })
}
