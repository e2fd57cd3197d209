import { didYouMean, type MillraceError, type SourceLocation } from '../../base/index.js'
import { AssetGraph, selectAssets } from '../assets/select-assets.js'
import { missingAssets, nothingToMake, unknownAsset } from '../assets/unmakeable.js'
import { automationProblems, ownConditions } from '../conditions/automated-assets.js'
import type { AssetKey, AssetSpec, Definitions } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { mappingsOf, readsEarlier } from '../partitions/reads.js'
import { monitoredSelection } from '../sensors/monitored-words.js'

type Graph = Pick<Definitions, 'assets' | 'checks' | 'schedules' | 'sensors' | 'automations' | 'dbtSelections'>

/** What does not fit together in a graph whose parts could all be read: each problem with its place. */
export function graphProblems(graph: Graph): MillraceError[] {
  return [
    ...duplicates(graph),
    ...repeatedNames(graph),
    ...automationProblems(graph),
    ...unknownAssets(graph),
    ...unknownTargets(graph),
    ...unknownStarters(graph),
    ...cycles(graph),
  ]
}

function duplicates({ assets }: Graph): MillraceError[] {
  const places = new Map<AssetKey, SourceLocation | undefined>()
  const found: MillraceError[] = []
  for (const { key, source } of assets) {
    if (places.has(key))
      found.push(
        orchestrateErrors.create('ASSET_DUPLICATE', {
          message: `Two assets are called ${key}${shown(places.get(key))}.`,
          at: source,
          data: { asset: key },
          hint: 'Give one of them another name, schema or alias: two assets that write one table undo each other.',
        }),
      )
    else places.set(key, source)
  }
  return found
}

/** Schedules, sensors and automations share one list of names: their ticks and switches are kept under them. */
function repeatedNames({ schedules, sensors, automations }: Graph): MillraceError[] {
  const names = new Set<string>([ownConditions])
  const found: MillraceError[] = []
  for (const { name, source } of [...schedules, ...sensors, ...automations]) {
    if (names.has(name))
      found.push(
        orchestrateErrors.create('DEFINITIONS_INVALID', {
          message:
            name === ownConditions
              ? `${name} is the name of what makes assets by conditions of their own.`
              : `Two schedules, sensors or automations are called ${name}.`,
          at: source,
          hint: 'Give one of them another name. The schedule of a connection is called sync_<connection>.',
        }),
      )
    names.add(name)
  }
  return found
}

function unknownAssets({ assets, checks }: Graph): MillraceError[] {
  const graph = AssetGraph.of(assets)
  return [
    ...missingAssets(assets, assets),
    ...checks
      .filter((check) => !graph.assets.has(check.asset))
      .map((check) => unknownAsset(graph, `The check ${check.name}`, check.asset, check.source)),
  ]
}

function unknownTargets({ assets, schedules, sensors, automations, dbtSelections }: Graph): MillraceError[] {
  // One that looks at what others make starts nothing.
  const starting = sensors.filter(({ observes }) => observes === undefined)
  const named = [...schedules, ...starting, ...automations].map((one) => ({ ...one, what: 'target' }))
  const told = sensors.flatMap((one) =>
    one.monitored ? [{ ...one, what: 'selection of assets', target: monitoredSelection(one.monitored) }] : [],
  )
  return [...named, ...told].flatMap(({ name, what, target, source }) => {
    try {
      if (target === undefined || target === '') return []
      const chosen = selectAssets({ assets, dbtSelections }, target)
      const problem = what === 'target' ? nothingToMake({ assets }, chosen) : undefined
      return problem ? [ofPlace(`The ${what} of ${name} cannot be made. ${problem.message}`, source, problem.hint)] : []
    } catch (error) {
      const { message, hint } = error as MillraceError
      return ofPlace(`The ${what} of ${name} names nothing: ${message}`, source, hint)
    }
  })
}

const ofPlace = (message: string, at: SourceLocation | undefined, hint: string | undefined) =>
  orchestrateErrors.create('DEFINITIONS_INVALID', { message, at, hint })

/** Who a sensor of runs listens to is a schedule, a sensor, an automation, or what requests by conditions of the assets themselves. */
function unknownStarters({ schedules, sensors, automations }: Graph): MillraceError[] {
  const names = [...schedules, ...sensors, ...automations].map(({ name }) => name)
  return sensors.flatMap(({ name, source, monitored }) =>
    (monitored?.type === 'run' ? (monitored.of?.startedBy ?? []) : [])
      .filter((one) => one !== ownConditions && !names.includes(one))
      .map((one) =>
        ofPlace(
          `The sensor ${name} is told of runs that ${one} started, and no schedule, sensor or automation is called so.`,
          source,
          didYouMean(one, names) ?? 'The schedule of a connection is called sync_<connection>.',
        ),
      ),
  )
}

function cycles({ assets }: Graph): MillraceError[] {
  const graph = AssetGraph.of(assets)
  const done = new Set<AssetKey>()
  const visit = (key: AssetKey, path: readonly AssetKey[]): readonly AssetKey[] | undefined => {
    if (path.includes(key)) return [...path.slice(path.indexOf(key)), key]
    if (done.has(key)) return undefined
    for (const parent of graph.parents(key)) {
      if (parent === key && readsItselfEarlier(graph.assets.get(key))) continue
      const cycle = visit(parent, [...path, key])
      if (cycle) return cycle
    }
    done.add(key)
    return undefined
  }
  for (const { key, source } of assets) {
    const cycle = visit(key, [])
    if (cycle)
      return [
        orchestrateErrors.create('ASSET_CYCLE', {
          message: `Assets need each other in a circle: ${cycle.join(' needs ')}.`,
          at: graph.assets.get(cycle[0] ?? key)?.source ?? source,
          hint:
            cycle.length === 2
              ? 'Only an asset with partitions of time may read itself, and only partitions before its own: say so by mapping.timeWindow({ startOffset: -1, endOffset: -1 }). Of several dimensions the others are to be read by their own key, or the one of time is the first by name.'
              : 'Remove one of these dependencies.',
        }),
      ]
  }
  return stepCycle(graph, assets)
}

/** Then each partition follows from one that is made before it, and there is no circle. */
const readsItselfEarlier = (asset: AssetSpec | undefined): boolean =>
  asset !== undefined && mappingsOf(asset, asset.key).every((mapping) => readsEarlier(asset.partitions, mapping))

/** What is made between two assets that one function makes at once would have to wait for itself. */
function stepCycle(graph: AssetGraph, assets: readonly AssetSpec[]): MillraceError[] {
  const stepOf = new Map(assets.map(({ key, step }) => [key, step]))
  const together = assets.filter(({ step }) => step?.startsWith('ts:multi:'))
  for (const { key, step, source } of together) {
    const outside = graph.parents(key).filter((parent) => stepOf.get(parent) !== step)
    const above = graph.reach(outside, 'up', Number.POSITIVE_INFINITY)
    const own = together.find((other) => other.step === step && above.has(other.key))
    if (own)
      return [
        orchestrateErrors.create('ASSET_CYCLE', {
          message: `${key} needs what is made from ${own.key}, and one function makes both at once.`,
          at: source,
          hint: 'Make them by two assets, or by two multi-assets.',
        }),
      ]
  }
  return []
}

const shown = (at: SourceLocation | undefined) =>
  at ? ` (the other one: ${at.file}${at.line ? `:${at.line}` : ''})` : ''
