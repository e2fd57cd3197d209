import { errorFromJson, type MillraceError } from '../../base/index.js'
import type { AssetKey, BrokenPart, Definitions } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'

type Parts = Pick<Definitions, 'assets' | 'broken'>

const known = new WeakMap<NonNullable<Definitions['broken']>, ReadonlyMap<string, BrokenPart>>()

/** By step: the part without which it cannot be executed. */
function brokenSteps({ broken = [] }: Pick<Definitions, 'broken'>): ReadonlyMap<string, BrokenPart> {
  const found = known.get(broken) ?? new Map(broken.flatMap((part) => part.steps.map((step) => [step, part] as const)))
  known.set(broken, found)
  return found
}

/** The assets that cannot be made until a part of the project is mended. */
export function standingAssets({ assets, broken = [] }: Parts): ReadonlySet<AssetKey> {
  if (broken.length === 0) return new Set()
  const steps = brokenSteps({ broken })
  return new Set(assets.filter(({ step = '' }) => steps.has(step)).map(({ key }) => key))
}

/** Whether what is wrong with a project leaves its graph whole: the broken parts stand there as they were read last. */
export const isKeptWhole = ({ problems, broken = [] }: Pick<Definitions, 'problems' | 'broken'>): boolean =>
  problems.length === broken.length

/** The part without which a sensor cannot be asked. */
export const brokenPartOfSensor = ({ broken = [] }: Pick<Definitions, 'broken'>, sensor: string) =>
  broken.find(({ sensors }) => sensors.includes(sensor))

/** A choice of assets without those that wait for secrets, and without what of it is made of them. */
export function withoutWaiting(
  { assets, broken = [] }: Parts,
  chosen: ReadonlySet<AssetKey>,
): { readonly assets: ReadonlySet<AssetKey>; readonly waiting: readonly AssetKey[] } {
  const steps = new Set(broken.flatMap((part) => (part.isKnown ? part.steps : [])))
  if (steps.size === 0) return { assets: chosen, waiting: [] }
  const left = new Set<AssetKey>()
  const readers = new Map<AssetKey, AssetKey[]>()
  for (const { key, deps, step = '' } of assets) {
    if (!chosen.has(key)) continue
    if (steps.has(step)) left.add(key)
    for (const dep of deps) {
      const those = readers.get(dep)
      if (those) those.push(key)
      else readers.set(dep, [key])
    }
  }
  // Grows while it is walked through.
  for (const key of left) for (const reader of readers.get(key) ?? []) left.add(reader)
  return { assets: new Set([...chosen].filter((key) => !left.has(key))), waiting: [...left] }
}

/** @throws PROJECT_BROKEN where one of the assets needs a part that cannot be read */
export function requireMakeable(definitions: Parts, chosen: ReadonlySet<AssetKey>): void {
  if (!definitions.broken?.length) return
  const steps = brokenSteps(definitions)
  for (const { key, step = '' } of definitions.assets) {
    const part = steps.get(step)
    if (part && chosen.has(key)) throw partBroken(part, `so ${key} cannot be made`)
  }
}

/** @throws PROJECT_BROKEN where one of the steps needs a part that cannot be read */
export function requireExecutable(
  definitions: Pick<Definitions, 'broken'>,
  steps: readonly { readonly key: string }[],
): void {
  if (!definitions.broken?.length) return
  const broken = brokenSteps(definitions)
  for (const { key } of steps) {
    const part = broken.get(key)
    if (part) throw partBroken(part, `so the step ${key} cannot be carried out`)
  }
}

/** Why something may be missing that is there: nothing where a part is read, and only waits for secrets. */
export const notKnownSince = ({ file, since, isKnown }: BrokenPart): readonly string[] =>
  isKnown ? [] : [`${file} cannot be loaded since ${momentText(since)}: what was added to it since is not known yet.`]

const momentText = (at: string) => `${at.slice(0, 16).replace('T', ' ')} UTC`

/** What a broken part keeps from happening. @param what such as `so the sensor x is not asked` */
export function partBroken({ file, since, error, isKnown }: BrokenPart, what: string): MillraceError {
  return orchestrateErrors.create('PROJECT_BROKEN', {
    message: `${file} ${isKnown ? 'waits for a secret' : 'cannot be loaded'} since ${momentText(since)}, ${what}: ${error.message}`,
    at: error.at,
    frame: error.frame,
    hint: error.hint ?? 'Mend it and try again.',
    cause: errorFromJson(error),
  })
}
