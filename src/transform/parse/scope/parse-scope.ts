import type { SourceLocation } from '../../../base/index.js'
import type { JinjaEnvironment } from '../../../jinja/index.js'
import type { RelationSettings } from '../../adapter/node-relation.js'
import type { Invocation } from '../../context/invocation.js'
import type { MacroRegistry } from '../../context/macro-registry.js'
import type { Manifest, ManifestNode, ManifestResource } from '../../contract.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import type { YamlSelector } from '../../select/index.js'
import type { ProjectConfigs } from '../configs/project-configs.js'
import type { Diagnostics } from '../files/diagnostics.js'
import type { DocsBlocks } from '../files/docs-blocks.js'
import type { PackageFile } from '../files/files.js'
import type { Kind, Phase, Resource, Tracker } from '../files/tracker.js'
import type { Properties, Property } from '../yaml/properties.js'
import type { ParseApi } from './parse-adapter.js'
import type { References } from './references.js'

export interface ParserOptions {
  readonly root: DbtPackage
  /** The root project and what it installed, without the built-in packages. */
  readonly packages: readonly DbtPackage[]
  readonly invocation: Invocation
  readonly registry: MacroRegistry
  readonly environment: JinjaEnvironment
  readonly dispatchPrefixes: readonly string[]
  readonly relations: RelationSettings
  /** Names of the built-in packages in search order. */
  readonly builtin: readonly string[]
  readonly createdAt: number
  readonly docs: DocsBlocks
  readonly selectors: readonly YamlSelector[]
  readonly diagnostics: Diagnostics
  /** Per node, filled while parsing: the line of its file on which its code begins. */
  readonly firstLines: Map<string, number>
  readonly tracker: Tracker
  /** Is told which tracker notes what is read from now on: a parsing may begin anew. */
  readonly onTracker: (tracker: Tracker) => void
  /** The node of a clean file that makes a relation. */
  readonly knownRelation?: ((relation: string) => ManifestNode | undefined) | undefined
  /** The entries of properties files that are clean. */
  readonly knownEntries?: ((own: DbtPackage, file: PackageFile) => readonly Property[]) | undefined
}

/** A node whose references are still names. */
export interface Unresolved {
  readonly node: ManifestNode
  readonly own: DbtPackage
  readonly at: SourceLocation
  /** The line of the file on which the node's code begins. */
  readonly firstLine: number
  /** Where a ref (`orders`) or source (`shop.orders`) is called; `at` where the text does not tell. Only messages ask. */
  readonly placeOf: (name: string) => SourceLocation
}

/** What the parts of the parser share: what was read, and what they make. */
export interface ParseScope extends ParserOptions {
  readonly manifest: Manifest
  readonly configs: ProjectConfigs
  readonly properties: Properties
  /** `api` in templates. */
  readonly api: ParseApi
  readonly references: References
  readonly unresolved: Unresolved[]
  readonly unresolvedExposures: ManifestResource[]
  /** Per package: where templates outside of nodes look up names. */
  readonly yamlContexts: Map<string, { get(name: string): unknown }>
}

/** Reads files whose results are not there from before, each by itself: an error in one does not keep the others from being read. */
export function parseEach(
  { tracker, diagnostics }: ParseScope,
  own: DbtPackage,
  files: readonly PackageFile[],
  phase: Phase,
  parse: (file: PackageFile) => void,
): void {
  for (const file of files)
    if (!tracker.isClean(own, file.original))
      tracker.within(own, file.original, phase, () => diagnostics.attempt(() => parse(file), { file: file.original }))
}

/** The same for entries of properties files; how much an error keeps from being read is up to who parses them. */
export function parseEachEntry(
  { tracker }: ParseScope,
  entries: readonly Property[],
  phase: Phase,
  parse: (entry: Property) => void,
): void {
  for (const entry of entries)
    if (!tracker.isClean(entry.package, entry.file))
      tracker.within(entry.package, entry.file, phase, () => parse(entry))
}

/** Puts what a file made into the manifest. */
export function keep(scope: ParseScope, kind: Exclude<Kind, 'disabled'>, resource: Resource): void {
  ;(scope.manifest[kind] as Record<string, Resource>)[resource.unique_id] = resource
  scope.tracker.made(kind, resource)
}

export function keepDisabled(scope: ParseScope, resource: Resource): void {
  const { disabled } = scope.manifest
  const others = disabled[resource.unique_id]
  if (others) others.push(resource)
  else disabled[resource.unique_id] = [resource]
  scope.tracker.made('disabled', resource)
}
