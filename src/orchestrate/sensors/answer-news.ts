import { plural } from '../../base/index.js'
import { selectForRun } from '../assets/select-for-run.js'
import type {
  Definitions,
  Materialization,
  PartitionsSpec,
  SensorNews,
  SensorResult,
  SensorSpec,
} from '../contract/index.js'
import { commonPartitions, isAlike } from '../partitions/alike.js'
import { chosenOf } from '../partitions/asset-partitions.js'
import { PartitionSet } from '../partitions/partition-set.js'
import { type DynamicKeys, type PartitionSpace, partitionSpace, setOfKeys } from '../partitions/partition-space.js'
import { partitionsText } from '../partitions/selection.js'

export interface PartitionsNow {
  readonly now: Date
  readonly dynamicKeys: DynamicKeys
}

/** What a sensor without code of its own asks for: its target. @throws SELECTION_INVALID, PROJECT_BROKEN */
export function answerNews(
  definitions: Pick<Definitions, 'assets' | 'steps' | 'problems'>,
  sensor: Pick<SensorSpec, 'target'>,
  news: SensorNews,
  moment: PartitionsNow,
): SensorResult {
  if (news.type === 'run') return { runs: [{}], skip: newsWords(news) }
  const changed = news.materializations.filter(({ hasChanged }) => hasChanged)
  if (changed.length === 0) return { runs: [], skip: `${newsWords(news)}: nothing new` }
  const runs = runsOf(definitions, sensor.target, changed, moment)
  return { runs, skip: newsWords(news) }
}

/**
 * One run; what was made of assets that are cut as the target is hands its partitions on. What says nothing of the target's partitions
 * has a run of its own beside it, of those that a run makes unless it is told.
 */
function runsOf(
  definitions: Pick<Definitions, 'assets' | 'steps' | 'problems'>,
  target: string,
  made: readonly Materialization[],
  moment: PartitionsNow,
): SensorResult['runs'] {
  const specs = new Map(definitions.assets.map(({ key, partitions }) => [key, partitions]))
  const selected = selectForRun(definitions, target)
  const cuts = definitions.assets.flatMap(({ key, partitions, isExecutable }) =>
    selected.has(key) && isExecutable && partitions ? [partitions] : [],
  )
  const cut = cuts.every((one) => isAlike(one, cuts[0])) ? commonPartitions(cuts) : undefined
  if (!cut) return [{}]
  const space = partitionSpace(cut, moment)
  const isHandedOn = ({ asset, partitions }: Materialization) =>
    partitions !== undefined && isAlike(specs.get(asset), cut)
  const wanted = made
    .filter(isHandedOn)
    .map(({ asset, partitions = '' }) => sameKeys(space, specs.get(asset) as PartitionsSpec, partitions, moment))
    .reduce((all, one) => all.union(one), PartitionSet.none)
  const handed = wanted.isEmpty ? [] : [{ partitions: partitionsText(space, wanted) }]
  return made.every(isHandedOn) ? handed : [...handed, {}]
}

/** The partitions with these keys, as far as there are some. */
function sameKeys(space: PartitionSpace, from: PartitionsSpec, text: string, moment: PartitionsNow): PartitionSet {
  const source = partitionSpace(from, moment)
  return setOfKeys(
    space,
    [...chosenOf(source, text).indexes()].map((index) => source.keyAt(index)),
  )
}

const mostNamed = 3

/** For the tick: what it was told. */
export function newsWords(news: SensorNews): string {
  if (news.type === 'run') return `run ${news.run.id} ${news.run.status}`
  const { materializations } = news
  const assets = [...new Set(materializations.map(({ asset }) => asset))]
  const named = assets.slice(0, mostNamed).join(', ')
  const more = assets.length > mostNamed ? ` and ${assets.length - mostNamed} more` : ''
  return `${plural(materializations.length, 'materialization')} of ${named}${more}`
}
