import { relative } from 'node:path'
import type { ErrorJson } from '../../base/index.js'
import type { WaitingConnection } from '../../extract-load/index.js'
import type { BrokenPart, Definitions } from '../../orchestrate/index.js'
import type { Project } from '../contract.js'
import { type DefinitionParts, noParts } from './definition-parts.js'

/** What the published project has of a server of Airbyte, for who has asked it in vain and has nothing kept: a worker elsewhere. */
export function keptServerParts(before: Definitions | undefined, server: string): DefinitionParts | undefined {
  const connections = before?.connections.filter(({ remote }) => remote?.server === server) ?? []
  if (!before || connections.length === 0) return undefined
  const names = new Set(connections.map(({ name }) => name))
  const steps = new Set(connections.map(({ step }) => step))
  const schedules = new Set(connections.flatMap(({ schedule }) => schedule?.name ?? []))
  return {
    ...noParts,
    assets: before.assets.filter(({ origin }) => names.has(origin?.connection ?? '')),
    steps: before.steps.filter(({ key }) => steps.has(key)),
    schedules: before.schedules.filter(({ name }) => schedules.has(name)),
    connections,
  }
}

interface Kept {
  readonly parts: DefinitionParts
  readonly broken: BrokenPart
}

/**
 * What the dbt project had when it could be parsed last, and that it cannot be now; undefined where nobody knows. Its tests are left out:
 * streams are loaded meanwhile, and nobody could ask the tests of those.
 * @param streams the assets of connections as they are now
 */
export function keptDbtParts(
  project: Project,
  before: Definitions | undefined,
  { error, streams }: { readonly error: ErrorJson; readonly streams: ReadonlySet<string> },
): Kept | undefined {
  if (!before || project.dbtDir === undefined) return undefined
  const made = new Map(before.steps.flatMap((step) => (step.kind === 'dbt' ? [[step.key, step] as const] : [])))
  const assets = before.assets.filter(
    ({ key, origin, step }) =>
      origin?.uniqueId !== undefined && (step === undefined || made.has(step)) && !streams.has(key),
  )
  if (assets.length === 0) return undefined
  const steps = assets.flatMap(({ step = '' }) => made.get(step) ?? [])
  const file = relative(project.dir, project.dbtDir)
  return {
    parts: { ...noParts, assets, steps },
    broken: { file, since: sinceWhen(before, file), error, steps: steps.map(({ key }) => key), sensors: [] },
  }
}

/** When it was found broken first. */
const sinceWhen = (before: Definitions | undefined, file: string): string =>
  before?.broken?.find((one) => one.file === file)?.since ?? new Date().toISOString()

/** What definitions.ts said when it could be loaded last, and that it cannot be now; undefined where nobody knows. */
export function keptUserParts(project: Project, before: Definitions | undefined, error: ErrorJson): Kept | undefined {
  if (!before || project.definitionsFile === undefined) return undefined
  const file = relative(project.dir, project.definitionsFile)
  const isOwn = ({ source }: { readonly source?: { readonly file: string } | undefined }) => source?.file === file
  const parts: DefinitionParts = {
    ...noParts,
    assets: before.assets.filter(isOwn),
    checks: before.checks.filter(isOwn),
    steps: before.steps.filter(({ kind }) => kind === 'typescript'),
    schedules: before.schedules.filter(isOwn),
    sensors: before.sensors.filter(isOwn),
    automations: before.automations.filter(isOwn),
  }
  const known = before.broken?.find((one) => one.file === file)
  // One that never was good left nothing behind.
  if (!known && Object.values(parts).every((list) => list.length === 0)) return undefined
  const broken = {
    file,
    since: sinceWhen(before, file),
    error,
    // Steps that only check what others make are executed with the last good code, as long as there is some.
    steps: parts.steps.filter(({ assets }) => assets.length > 0).map(({ key }) => key),
    sensors: parts.sensors.map(({ name }) => name),
  }
  return { parts, broken }
}

/** What the connections keep from being made that wait for secrets. */
export function waitingParts(
  waiting: readonly WaitingConnection[],
  { connections }: Pick<DefinitionParts, 'connections'>,
  before: Definitions | undefined,
): readonly BrokenPart[] {
  return waiting.map(({ connection: { name, file }, error }) => ({
    file,
    since: sinceWhen(before, file),
    error: error.toJSON(),
    steps: connections.flatMap((one) => (one.name === name ? [one.step] : [])),
    sensors: [],
    isKnown: true,
  }))
}
