import { isDeepStrictEqual } from 'node:util'
import type { PartitionMapping, PartitionsSpec } from '../contract/index.js'
import type { IoManager } from './io-manager.js'
import { invalid } from './require.js'
import type { TableRows } from './table-rows.js'
import { isTable, type MaybeOpen, sqlName, type Table } from './tables.js'

/** An asset whose value is read. */
export interface ReadableAsset {
  readonly type: 'asset'
  readonly key: string
  readonly partitions?: PartitionsSpec | undefined
  readonly io?: IoManager | undefined
  run(context: never): unknown
}

/** What is read: an asset for its value, a table for its rows. */
export type Readable = ReadableAsset | Table

/** Itself, or with which of its partitions are read where these are not those of the same key. */
export type Input = Readable | { readonly asset: Readable; readonly mapping: PartitionMapping }

/** By the name under which code sees them. */
export type Inputs = Readonly<Record<string, Input | MaybeOpen>>
export type NoInputs = Readonly<Record<never, Input>>

export type ValueOf<A> = A extends { run: (context: never) => infer V } ? Awaited<V> : never
export type IsCut<A> = A extends { readonly partitions?: infer P }
  ? [Exclude<P, undefined>] extends [never]
    ? false
    : true
  : false
type ByPartition<V> = Readonly<Record<string, V>>

/** One value where one partition is read, and values by partition where there may be several. */
type InputValue<I, P extends PartitionsSpec | undefined> = [RowOf<I>] extends [never]
  ? AssetValue<Exclude<I, undefined>, P>
  : TableRows<RowOf<I>>

type RowOf<I> =
  Exclude<I, undefined> extends Table<infer Row>
    ? Row
    : Exclude<I, undefined> extends { readonly asset: Table<infer Row> }
      ? Row
      : never

type AssetValue<I, P extends PartitionsSpec | undefined> = I extends {
  readonly asset: infer A
  readonly mapping: infer M
}
  ? IsCut<A> extends true
    ? M extends { readonly type: 'identity' | 'last' }
      ? ValueOf<A>
      : ByPartition<ValueOf<A>>
    : ValueOf<A>
  : IsCut<I> extends true
    ? P extends PartitionsSpec
      ? ValueOf<I>
      : ByPartition<ValueOf<I>>
    : ValueOf<I>

export type InputValues<I extends Inputs, P extends PartitionsSpec | undefined> = {
  readonly [Name in keyof I]: InputValue<I[Name], P>
}

export const assetOfInput = (input: Input): Readable => ('mapping' in input ? input.asset : input)
export const mappingOfInput = (input: Input): PartitionMapping | undefined =>
  'mapping' in input ? input.mapping : undefined

/** Of an asset that was required to have good ones. */
export const inputsIn = ({ inputs = {} }: { readonly inputs?: Inputs | undefined }): readonly [string, Input][] =>
  Object.entries(inputs).filter((entry): entry is [string, Input] => entry[1] !== undefined)

/** Whether one value is read, or values by partition. */
export function readsOne(input: Input, read: ReadableAsset, partitions: PartitionsSpec | undefined): boolean {
  const mapping = mappingOfInput(input)
  if (!read.partitions) return true
  return mapping ? mapping.type === 'identity' || mapping.type === 'last' : partitions !== undefined
}

/** @throws DEFINITIONS_INVALID */
export function requireInputs(
  key: string,
  {
    inputs,
    partitions,
    makesPartitions,
  }: { inputs?: Inputs | undefined; partitions?: PartitionsSpec | undefined; makesPartitions?: string | undefined },
): void {
  const entries = Object.entries(inputs ?? {})
  if (entries.length > 0 && makesPartitions === 'together')
    throw invalid(
      `The asset ${key} makes its partitions together and has inputs.`,
      'Values are read partition by partition: leave `makesPartitions` out, or read by `query`.',
    )
  for (const [name, input] of entries) {
    const isObject = typeof input === 'object' && input !== null
    const asset: Partial<Readable> | undefined = isObject ? assetOfInput(input) : undefined
    if (isTable(asset)) {
      // What is no table has no rows.
      sqlName(asset)
      continue
    }
    if (!isObject || asset?.type !== 'asset')
      throw invalid(
        `The input \`${name}\` of the asset ${key} is not an asset.`,
        'Give it an asset of this file, or a table: inputs: { value: otherAsset, rows: dbt.models.orders }.',
      )
    const isAlike = !partitions || !asset.partitions || isDeepStrictEqual(partitions, asset.partitions)
    if (!mappingOfInput(input) && !isAlike)
      throw invalid(
        `The asset ${key} and its input ${asset.key} are cut in different ways.`,
        `Say which partitions it reads: inputs: { ${name}: { asset: …, mapping: mapping.timeWindow() } }.`,
      )
  }
}
