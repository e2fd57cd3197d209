import { z } from 'zod'
import { localTime } from '../../../base/index.js'
import { partitionsSchema, type TimeCut } from '../../../extract-load/index.js'
import type { AssetSpec } from '../../../orchestrate/index.js'
import { isMicrobatch, type Manifest, type ManifestNode, type RunNodeOptions } from '../../../transform/index.js'
import type { ChosenPart } from './chosen-parts.js'
import { partitionsOf } from './written-partitions.js'

const name = z.string().min(1)

/** `partitions` in the meta of a model: how it is cut, and how its SQL is told of the part that it is to make. */
export const modelPartitionsSchema = partitionsSchema(
  {},
  {
    vars: z
      .strictObject({ start: name.optional(), end: name.optional(), first: name.optional(), last: name.optional() })
      .optional(),
    event_time: z.boolean().optional(),
  },
  { vars: z.strictObject({ key: name }) },
)
export type ModelPartitions = z.infer<typeof modelPartitionsSchema>

const replacedAsWhole = new Set(['view', 'table', 'materialized_view', 'external', 'ephemeral'])

/**
 * How the asset of a model is cut; windows that lie side by side are made at once.
 * @throws an Error that says what is wrong with it
 */
export function modelPartitions(
  node: ManifestNode,
  written: ModelPartitions,
  manifest: Pick<Manifest, 'nodes' | 'sources'>,
): Pick<AssetSpec, 'partitions' | 'makesPartitions'> {
  const { materialized = '' } = node.config
  if (node.resource_type !== 'model' || replacedAsWhole.has(materialized))
    throw new Error(
      `partitions: a ${node.resource_type === 'model' ? materialized : node.resource_type} is replaced as a whole, and each partition would take the place of all others. An incremental model adds to what is there.`,
    )
  if (isMicrobatch(node)) throw new Error('partitions: those of a microbatch model are its batches; leave them out.')
  const names = varNames(written)
  const isNarrowed = written.by !== 'static' && written.event_time === true
  if (names.length === 0 && !isNarrowed)
    throw new Error(
      'partitions: nothing tells the model which part it is to make. Name vars, such as vars: {start: min_date, end: max_date}, or set event_time: true.',
    )
  const asked = names.find((one) => isVarOfConfig(node, one))
  if (asked !== undefined)
    throw new Error(
      `partitions: its config asks for the var \`${asked}\`, and is read before anybody knows the partition. Use it in the SQL only.`,
    )
  if (isNarrowed && !readsByEventTime(node, manifest))
    throw new Error('partitions: event_time is true, but nothing that it reads has an `event_time` in its config.')
  return { partitions: partitionsOf(cutOf(written)), makesPartitions: written.by === 'static' ? 'each' : 'together' }
}

const varNames = ({ vars }: ModelPartitions): string[] =>
  Object.values(vars ?? {}).filter((one): one is string => one !== undefined)

function cutOf(written: ModelPartitions): Parameters<typeof partitionsOf>[0] {
  if (written.by === 'static') return written
  const { end_offset: endOffset, vars: _, event_time: __, ...cut } = written
  return { ...(cut as TimeCut), endOffset }
}

/** Configs are read once, with the project. */
function isVarOfConfig({ unrendered_config }: ManifestNode, name: string): boolean {
  const text = JSON.stringify(unrendered_config ?? {})
    .replaceAll('\\"', '"')
    .replaceAll(/\s/g, '')
  return [`var('${name}'`, `var("${name}"`].some((call) => text.includes(call))
}

function readsByEventTime(
  { depends_on }: ManifestNode,
  { nodes, sources }: Pick<Manifest, 'nodes' | 'sources'>,
): boolean {
  return depends_on.nodes.some((id) => {
    const read = nodes[id] ?? sources[id]
    if (!read) return false
    // What it is made of is asked in its place.
    if (read.config.materialized === 'ephemeral') return readsByEventTime(read as ManifestNode, { nodes, sources })
    return typeof read.config.event_time === 'string' && read.config.event_time !== ''
  })
}

type PartOptions = Pick<RunNodeOptions, 'vars' | 'inputWindow'>

/** A run of a model that makes some partitions. */
export interface PartRun {
  readonly keys: readonly string[]
  readonly options: PartOptions
}

/** A run of the model for each part that it makes at once. */
export function partRuns(written: ModelPartitions, parts: readonly ChosenPart[]): PartRun[] {
  return parts.flatMap(({ keys, part }): PartRun[] => {
    if (written.by === 'static')
      return keys.map((key) => ({ keys: [key], options: { vars: { [written.vars.key]: key } } }))
    if ('values' in part) return []
    const { start, end } = part
    const values = { start: timeText(start, written), end: timeText(end, written), first: keys[0], last: keys.at(-1) }
    const vars = Object.entries(written.vars ?? {}).map(([what, name]) => [name, values[what as keyof typeof values]])
    return [
      {
        keys,
        options: {
          vars: Object.fromEntries(vars),
          ...(written.event_time ? { inputWindow: { startMs: start.getTime(), endMs: end.getTime() } } : {}),
        },
      },
    ]
  })
}

/** A day where windows begin at midnight, else with the time; of the clocks where the partitions are. */
function timeText(at: Date, { by, timezone, ...written }: Exclude<ModelPartitions, { by: 'static' }>): string {
  const text = localTime(at, timezone)
  const { hour = 0, minute = 0 } = written as { readonly hour?: number; readonly minute?: number }
  const isDay = by !== 'hourly' && by !== 'cron' && hour === 0 && minute === 0
  return isDay ? text.slice(0, 10) : text.slice(0, 19)
}
