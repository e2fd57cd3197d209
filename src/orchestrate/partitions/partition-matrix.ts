import { didYouMean } from '../../base/index.js'
import type { AssetSpec, OrchestrateStore } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { type PartitionStatus, partitionsByStatus } from './asset-partitions.js'
import type { PartitionDimension, PartitionSpace } from './partition-space.js'

/** Which two dimensions are looked at, by name, and the key at which each of the others is held. */
export interface MatrixChoice {
  readonly across?: string | undefined
  readonly down?: string | undefined
  /** By dimension; those that are not named are looked at as a whole. */
  readonly held?: Readonly<Record<string, string>> | undefined
}

/** The partitions of several dimensions as a table of two of them. */
export interface PartitionMatrix {
  readonly size: number
  readonly counts: Readonly<Record<PartitionStatus, number>>
  readonly dimensions: readonly { readonly name: string; readonly size: number; readonly isTime: boolean }[]
  /** Its keys are the latest where there are too many; so many before them are left out. */
  readonly across: { readonly name: string; readonly keys: readonly string[]; readonly leftOut: number }
  readonly down: { readonly name: string; readonly keys: readonly string[]; readonly leftOut: number }
  /** The other dimensions, with the key at which each is held. */
  readonly others: readonly { readonly name: string; readonly keys: readonly string[]; readonly held?: string }[]
  /**
   * A letter for each cell, row by row: `m`ade, `f`ailed, `r`unning, `.` missing. A cell that stands for several partitions is
   * failed, or running, where one of them is; `p` where only a part of them is made.
   */
  readonly cells: string
}

/** A page takes in no more at once, and a browser draws them in one go. */
const mostCells = 500_000
const mostDown = 2_000

/** @throws PARTITIONS_INVALID for dimensions or keys that there are not, and for an asset of fewer than two dimensions */
export async function partitionMatrix(
  store: Pick<OrchestrateStore, 'dynamicPartitions' | 'partitionStates' | 'listRuns'>,
  asset: AssetSpec,
  choice: MatrixChoice,
): Promise<PartitionMatrix> {
  const known = await partitionsByStatus(store, asset)
  if (!known || known.space.dimensions.length < 2)
    throw invalid(
      `The partitions of ${asset.key} have no two dimensions.`,
      'Its partitions are listed without a matrix.',
    )
  const { space, sets } = known
  const statuses = new Uint8Array(space.size)
  for (const [code, name] of codes.entries()) for (const [from, to] of sets[name].ranges) statuses.fill(code, from, to)
  const { across, down, held } = chosen(space, choice)
  const sizeOf = (at: number) => space.dimensions[at]?.space.size ?? 0
  const rows = Math.min(sizeOf(down), mostDown)
  const columns = Math.min(sizeOf(across), Math.max(1, Math.floor(mostCells / Math.max(1, rows))))
  const firstColumn = sizeOf(across) - columns
  const keysOf = (at: number, from = 0, count = sizeOf(at)) =>
    Array.from({ length: count }, (_, i) => space.dimensions[at]?.space.keyAt(from + i) ?? '')
  return {
    size: space.size,
    counts: {
      made: sets.made.size,
      failed: sets.failed.size,
      running: sets.running.size,
      missing: sets.missing.size,
    },
    dimensions: space.dimensions.map((one) => ({ name: one.name, size: one.space.size, isTime: isTime(one) })),
    across: { name: nameOf(space, across), keys: keysOf(across, firstColumn, columns), leftOut: firstColumn },
    down: { name: nameOf(space, down), keys: keysOf(down, 0, rows), leftOut: sizeOf(down) - rows },
    others: [...held].map(([at, key]) => ({
      name: nameOf(space, at),
      keys: keysOf(at),
      ...(key === undefined ? {} : { held: space.dimensions[at]?.space.keyAt(key) ?? '' }),
    })),
    cells: cellsOf(space, statuses, { across, down, held, rows, columns, firstColumn }),
  }
}

const codes: readonly PartitionStatus[] = ['missing', 'made', 'failed', 'running']
const madeCode = codes.indexOf('made')
const failedCode = codes.indexOf('failed')
const runningCode = codes.indexOf('running')

const isTime = ({ space }: PartitionDimension) => space.windows !== undefined
const nameOf = (space: PartitionSpace, at: number) => space.dimensions[at]?.name ?? ''

interface Chosen {
  readonly across: number
  readonly down: number
  /** Of each other dimension the place of its key; undefined for all of its keys. */
  readonly held: ReadonlyMap<number, number | undefined>
}

/** Time goes across where nothing else is asked. */
function chosen(space: PartitionSpace, { across, down, held = {} }: MatrixChoice): Chosen {
  const { dimensions } = space
  const find = (name: string) => {
    const at = dimensions.findIndex((one) => one.name === name)
    if (at >= 0) return at
    const names = dimensions.map((one) => one.name)
    throw invalid(`There is no dimension \`${name}\`.`, didYouMean(name, names) ?? `There are ${names.join(', ')}.`)
  }
  const askedDown = down === undefined ? undefined : find(down)
  const time = dimensions.findIndex((one, at) => isTime(one) && at !== askedDown)
  const first = across === undefined ? (time >= 0 ? time : askedDown === 0 ? 1 : 0) : find(across)
  const second = askedDown ?? dimensions.findIndex((_, at) => at !== first)
  if (first === second)
    throw invalid(`\`${across}\` cannot go across and down.`, 'Name two dimensions, or only one of them.')
  const others = new Map<number, number | undefined>()
  for (const [at, { name, space: own }] of dimensions.entries()) {
    if (at === first || at === second) continue
    const key = held[name]
    const place = key === undefined ? undefined : own.indexOf(key)
    if (key !== undefined && place === undefined)
      throw invalid(`There is no \`${key}\` among the keys of ${name}.`, 'Leave it out to look at all of them.')
    others.set(at, place)
  }
  return { across: first, down: second, held: others }
}

interface Table extends Chosen {
  readonly rows: number
  readonly columns: number
  readonly firstColumn: number
}

function cellsOf(space: PartitionSpace, statuses: Uint8Array, table: Table): string {
  const { across, down, held, rows, columns, firstColumn } = table
  const strides = stridesOf(space)
  // Where in the order of all partitions those of a cell lie, counted from the first of the cell.
  let offsets = [0]
  for (const [at, place] of held) {
    const stride = strides[at] ?? 1
    const places = place === undefined ? [...Array(space.dimensions[at]?.space.size ?? 0).keys()] : [place]
    offsets = offsets.flatMap((offset) => places.map((one) => offset + one * stride))
  }
  const lines: string[] = []
  for (let row = 0; row < rows; row++) {
    let line = ''
    for (let column = 0; column < columns; column++)
      line += letterOf(statuses, row * (strides[down] ?? 1) + (firstColumn + column) * (strides[across] ?? 1), offsets)
    lines.push(line)
  }
  return lines.join('')
}

function letterOf(statuses: Uint8Array, first: number, offsets: readonly number[]): string {
  let made = 0
  let isRunning = false
  for (const offset of offsets) {
    const status = statuses[first + offset]
    if (status === failedCode) return 'f'
    if (status === madeCode) made++
    else if (status === runningCode) isRunning = true
  }
  if (isRunning) return 'r'
  return made === 0 ? '.' : made === offsets.length ? 'm' : 'p'
}

/** How far apart two neighbours of each dimension are in the order of all partitions. */
function stridesOf({ dimensions }: PartitionSpace): number[] {
  const strides: number[] = []
  let stride = 1
  for (const { space } of [...dimensions].reverse()) {
    strides.unshift(stride)
    stride *= space.size
  }
  return strides
}

const invalid = (message: string, hint: string) => orchestrateErrors.create('PARTITIONS_INVALID', { message, hint })
