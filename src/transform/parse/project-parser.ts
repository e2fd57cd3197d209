import { join, relative } from 'node:path'
import type { Context } from '../../jinja/index.js'
import { varFunction } from '../context/base-context.js'
import type { Manifest } from '../contract.js'
import { transformErrors } from '../errors.js'
import { findCycle, graphMaps, graphMembers } from '../graph/graph.js'
import type { DbtPackage } from '../project/dbt-project.js'
import { readYamlFile } from '../project/yaml-file.js'
import { checkDistinctNames } from './deprecated-ways.js'
import { checkDescribed } from './described.js'
import { emptyManifest } from './empty-manifest.js'
import { parseExposures, parseGroups } from './exposures.js'
import { parseFunctions } from './functions.js'
import { parseGenericTests } from './generic-test-nodes.js'
import { linkMacros } from './macro-calls.js'
import { patchMacros } from './macro-entries.js'
import { checkMicrobatchModels } from './microbatch-models.js'
import { checkModelDeprecations } from './model-deprecations.js'
import { parseModels } from './models.js'
import { parseAnalyses, parseHooks, parseSeeds, parseSingularTests } from './other-nodes.js'
import { overview } from './overview.js'
import { parseApi } from './parse-adapter.js'
import { parseContext } from './parse-context.js'
import type { ParserOptions, ParseScope } from './parse-scope.js'
import { inferPrimaryKeys } from './primary-keys.js'
import { ProjectConfigs } from './project-configs.js'
import { Properties, type Property, propertyFiles, readProperties } from './properties.js'
import { References } from './references.js'
import { checkRelations } from './relations.js'
import { resolveReferences } from './resolve.js'
import { checkSemanticLayer, parseSemanticLayer } from './semantic-layer/index.js'
import { parseSnapshots } from './snapshots.js'
import { parseSources } from './sources.js'
import { parseUnitTests } from './unit-tests.js'
import { checkUnusedConfigs } from './unused-configs.js'
import { renderYaml, type YamlSource } from './yaml-values.js'

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
  manifest.selectors = Object.fromEntries(
    selectors.map(({ name, definition, description }) => [name, { name, description, definition }]),
  )
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
  const configs = new ProjectConfigs(root, (value, of) => {
    configContext ??= parseContext(scope, root).context.set(
      'var',
      varFunction(new Map(Object.entries({ ...root.varsOfFile, ...invocation.cliVars })), {
        onRead: (name) => onRead(`var::${name}`),
      }),
    )
    return tracker.withinProject(() => renderYaml(value, configContext as Context, projectFile(of, root)))
  })
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

/** dbt_project.yml is read once more for what is wrong in it. */
function projectFile({ dir }: DbtPackage, root: DbtPackage): YamlSource {
  const path = join(dir, 'dbt_project.yml')
  const file = relative(root.dir, path)
  const document = () => readYamlFile(path, file)
  return {
    file,
    get values() {
      return document().value
    },
    locate: (place) => document().locate(place),
  }
}

function duplicateEntry(first: Property, second: Property) {
  return transformErrors.create('TRANSFORM_DUPLICATE_NAME', {
    message: `dbt found two ${second.kind} with the name "${second.name}" in properties files: in ${first.file}${first.at.line ? `:${first.at.line}` : ''} and in ${second.file}.`,
    at: second.at,
    hint: 'Merge the two entries into one.',
  })
}
