import type { AnyAsset } from '../authoring/define.js'
import { assetOfInput, type Input, inputsIn, type ReadableAsset, readsOne } from '../authoring/inputs.js'
import type { IoContext } from '../authoring/io-manager.js'
import { type ReadRows, tableRows } from '../authoring/table-rows.js'
import { isTable } from '../authoring/tables.js'
import type { AssetKey } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { io } from './io.js'

/** By the name of the input: which partitions of what is read. */
export type Reads = Readonly<Record<string, readonly string[]>>
type Surroundings = Omit<IoContext, 'asset' | 'partition'>
type ReadSurroundings = Surroundings & { readonly read: ReadRows }

const usual = io.json()
const managerOf = (asset: Pick<ReadableAsset, 'io'>) => asset.io ?? usual

/** The values of an asset's inputs, by their names. @throws VALUE_MISSING that says what to make first */
export async function inputValues(
  asset: AnyAsset,
  reads: Reads,
  around: ReadSurroundings,
): Promise<Readonly<Record<string, unknown>>> {
  const found: Record<string, unknown> = {}
  for (const [name, input] of inputsIn(asset)) found[name] = await inputValue(asset, input, reads[name] ?? [], around)
  return found
}

async function inputValue(
  asset: AnyAsset,
  input: Input,
  keys: readonly string[],
  { read: readRows, ...around }: ReadSurroundings,
): Promise<unknown> {
  const read = assetOfInput(input)
  if (isTable(read)) return tableRows(read, readRows)
  if (!read.partitions) return loaded(asset.key, read, undefined, around)
  if (readsOne(input, read, asset.partitions)) {
    const [key] = keys
    if (key === undefined || keys.length > 1) throw notOne(asset.key, read.key, keys)
    return loaded(asset.key, read, key, around)
  }
  const values: Record<string, unknown> = {}
  for (const key of keys) values[key] = await loaded(asset.key, read, key, around, keys.length > 1)
  return values
}

async function loaded(
  reader: AssetKey,
  read: ReadableAsset,
  partition: string | undefined,
  around: Surroundings,
  isOneOfMany = false,
): Promise<unknown> {
  around.signal.throwIfAborted()
  const value = await managerOf(read).load({ ...around, asset: read.key, partition })
  if (value !== undefined) return value
  const what = partition === undefined ? read.key : `${read.key} for ${partition}`
  const choice = partition === undefined ? '' : ` --partition '${partition}'`
  throw orchestrateErrors.create('VALUE_MISSING', {
    message: `${reader} reads the value of ${what}, and there is none.`,
    hint: `Make it first: millrace materialize '${read.key}'${choice}${isOneOfMany ? `; it, and others that are missing: millrace backfills create '${read.key}' --missing` : ''}`,
  })
}

/**
 * Keeps what an asset answered, where somebody reads it or it says where to.
 * @throws USER_CODE_FAILED where it answered nothing and another asset reads it: that would read what is older
 */
export async function storeValue(
  asset: AnyAsset,
  value: unknown,
  {
    partitions,
    reader,
    around,
  }: { partitions: readonly string[] | undefined; reader: AssetKey | undefined; around: Surroundings },
): Promise<void> {
  if (reader === undefined && (asset.io === undefined || value === undefined)) return
  if (value === undefined)
    throw orchestrateErrors.create('USER_CODE_FAILED', {
      message: `${asset.key} answered nothing, and ${reader} reads what it answers.`,
      hint: 'Return a value, or null.',
    })
  if (partitions && partitions.length > 1)
    throw orchestrateErrors.create('USER_CODE_FAILED', {
      message: `${asset.key} answered one value for ${partitions.length} partitions.`,
      hint: 'Leave `makesPartitions` out, so that it is called for each.',
    })
  const manager = managerOf(asset)
  await manager.store({ ...around, asset: asset.key, partition: partitions?.[0] }, value as never)
}

function notOne(reader: AssetKey, read: AssetKey, keys: readonly string[]) {
  return orchestrateErrors.create('VALUE_MISSING', {
    message:
      keys.length === 0
        ? `${reader} reads one partition of ${read}, and for this one there is none.`
        : `${reader} reads one partition of ${read}, and for this one there are ${keys.length}: ${keys.slice(0, 3).join(', ')} …`,
    hint: 'Say which it reads: inputs: { rows: { asset: …, mapping: mapping.… } }.',
  })
}
