import type { z } from 'zod'
import type { CheckDefinition, CheckOutcome } from '../authoring/checks/check.js'
import type { CheckedAsset } from '../authoring/checks/check-context.js'
import type { ConfigSchema } from '../authoring/config.js'
import type { AssetDefinition } from '../authoring/define.js'
import type { Inputs, InputValues, ValueOf } from '../authoring/inputs.js'
import type { MultiAssetDefinition } from '../authoring/multi-asset.js'
import type { Resources, ResourceValues } from '../authoring/resource.js'
import type { TableRows } from '../authoring/table-rows.js'
import type { Metadata, PartitionsSpec, RunPartition } from '../contract/index.js'
import { partitionSpace } from '../partitions/partition-space.js'
import { parsePartitions } from '../partitions/selection.js'
import { partitionAt } from '../runs/run-partitions.js'
import type { Report } from '../workers/messages.js'
import { runStep } from '../workers/run-step.js'
import { stepOfAsset, stepOfChecks, stepOfMultiAsset } from '../workers/step-keys.js'
import { type GivenHistory, surroundings, type TestSurroundings, wrong } from './surroundings.js'

/** A value as code gets it; the rows of a table may be an array. */
export type GivenInputs<I extends Inputs, P extends PartitionsSpec | undefined> = {
  readonly [Name in keyof I]?: InputValues<I, P>[Name] extends TableRows<infer Row>
    ? Iterable<Row> | AsyncIterable<Row>
    : InputValues<I, P>[Name]
}

interface RunOptions {
  /** Of an asset with partitions: a key, or a choice as `millrace materialize --partition` takes it. */
  readonly partition?: string
  /** By the names of dynamic partitions. */
  readonly dynamicPartitions?: Readonly<Record<string, readonly string[]>>
  /** Which windows of time have ended; now, when left out. */
  readonly now?: Date | string
  readonly tags?: Readonly<Record<string, string>>
  readonly runId?: string
  /** Asked when it is made. */
  readonly checks?: readonly CheckDefinition[]
  /** What these are told was there before; nothing, when left out. */
  readonly history?: GivenHistory
}

export interface RunCheckOptions<Of extends CheckedAsset> extends TestSurroundings, Omit<RunOptions, 'checks'> {
  /** Of the materialization that it is asked about. */
  readonly metadata?: Metadata
  /** What the function of the asset answered. */
  readonly value?: Of extends { readonly type: 'asset' } ? ValueOf<Of> : never
}

export interface MaterializeOptions<
  P extends PartitionsSpec | undefined,
  R extends Resources,
  C extends ConfigSchema | undefined,
  I extends Inputs,
> extends Omit<TestSurroundings, 'resources'>,
    RunOptions {
  readonly resources?: Partial<ResourceValues<R>>
  readonly config?: C extends ConfigSchema ? z.core.input<C> : never
  /** Instead of what is kept of the assets that it reads. Of a table that is left out the `query` is asked. */
  readonly inputs?: GivenInputs<I, P>
}

export interface MaterializeSeveralOptions extends TestSurroundings, RunOptions {
  /** All outputs, when left out. */
  readonly selected?: readonly string[]
}

export interface Materialized<Value> {
  /** What its function answered. */
  readonly value: Value
  readonly metadata: Metadata
  /** By the keys of what was made. */
  readonly made: Readonly<Record<string, Metadata>>
  readonly checks: Readonly<Record<string, CheckOutcome>>
  /** What it logged, and what it printed by `log`. */
  readonly log: readonly string[]
}

/**
 * Runs the function of an asset as a run would, in this thread, with what the test gives it: nothing is kept. Errors that it throws are those
 * that the test gets.
 */
export function materialize<
  P extends PartitionsSpec | undefined,
  R extends Resources,
  C extends ConfigSchema | undefined,
  I extends Inputs,
  O,
>(asset: AssetDefinition<P, R, C, I, O>, options?: MaterializeOptions<P, R, C, I>): Promise<Materialized<Awaited<O>>>
export function materialize(
  assets: MultiAssetDefinition,
  options?: MaterializeSeveralOptions,
): Promise<Materialized<undefined>>
export async function materialize(
  asset:
    | AssetDefinition<PartitionsSpec | undefined, Resources, ConfigSchema | undefined, Inputs>
    | MultiAssetDefinition,
  options: TestSurroundings &
    RunOptions & {
      readonly inputs?: Readonly<Record<string, unknown>>
      readonly config?: unknown
      readonly selected?: readonly string[]
    } = {},
): Promise<Materialized<unknown>> {
  const name = asset.type === 'multi' ? asset.name : asset.key
  const keys = asset.type === 'multi' ? (options.selected ?? Object.keys(asset.outputs)) : [asset.key]
  const { checks = [], runId = 'test', tags = {}, config } = options
  const foreign = checks.find((check) => !keys.includes(check.asset))
  if (foreign)
    throw wrong(`The check ${foreign.name} is of ${foreign.asset}, which is not made here.`, 'Use runCheck().')
  let value: unknown
  const { around, noted } = surroundings(
    options,
    { name, resources: allResources(asset.resources, checks), definitions: [asset as never, ...checks] },
    {
      inputs: options.inputs,
      made: (made) => {
        value = made
      },
      history: options.history,
    },
  )
  await runStep(around, {
    type: 'step',
    step: asset.type === 'multi' ? stepOfMultiAsset(name) : stepOfAsset(name),
    assets: keys,
    checks: checks.map((check) => ({ asset: check.asset, name: check.name })),
    run: { runId, tags, attempt: 1 },
    config,
    partitions: partitionsOf(name, asset.partitions, options),
  })
  const made = Object.fromEntries(
    noted.reports.flatMap((report) => (report.type === 'materialized' ? [[report.asset, report.metadata]] : [])),
  )
  return { value, metadata: made[keys[0] ?? ''] ?? {}, made, checks: outcomes(noted.reports), log: noted.log }
}

/** Asks a check, whether or not its asset was made. */
export async function runCheck<Of extends CheckedAsset>(
  check: CheckDefinition<Of>,
  options: RunCheckOptions<Of> = {},
): Promise<CheckOutcome & { readonly log: readonly string[] }> {
  const { name, asset, resources } = check
  if (!check.run) throw wrong(`The check ${name} is reported by a program.`, 'There is no function to be tested.')
  const { runId = 'test', tags = {}, metadata, value, history } = options
  const given = { checked: { value }, history }
  const { around, noted } = surroundings(options, { name, resources, definitions: [check] }, given)
  const step = { type: 'step', step: stepOfChecks(asset), assets: [], checks: [{ asset, name }] } as const
  const partitions = checkedPartitions(check, options)
  await runStep(around, { ...step, run: { runId, tags, attempt: 1 }, checked: { [asset]: metadata ?? {} }, partitions })
  return { ...(outcomes(noted.reports)[name] as CheckOutcome), log: noted.log }
}

function checkedPartitions({ of, asset }: CheckDefinition, options: RunOptions): readonly RunPartition[] | undefined {
  if (typeof of === 'object' && of.type === 'asset') return partitionsOf(asset, of.partitions, options)
  // How others are cut is not known here.
  return options.partition === undefined ? undefined : [{ key: options.partition }]
}

/** An asset and its checks share what one of them has. */
const allResources = (own: Resources | undefined, checks: readonly CheckDefinition[]): Resources =>
  Object.assign({}, ...checks.map(({ resources }) => resources), own)

function outcomes(reports: readonly Report[]): Record<string, CheckOutcome> {
  return Object.fromEntries(
    reports.flatMap((report) => {
      if (report.type !== 'checked') return []
      const { passed, severity, message, metadata } = report.check
      const told = message === undefined ? {} : { message }
      return [[report.check.name, { passed, severity, ...told, ...(metadata ? { metadata } : {}) }]]
    }),
  )
}

/** @throws TEST_INVALID, PARTITIONS_INVALID */
function partitionsOf(
  name: string,
  spec: PartitionsSpec | undefined,
  { partition, dynamicPartitions = {}, now = new Date() }: RunOptions,
): readonly RunPartition[] | undefined {
  if (!spec) {
    if (partition !== undefined) throw wrong(`${name} has no partitions.`, 'Leave `partition` out.')
    return undefined
  }
  if (partition === undefined) throw wrong(`${name} has partitions.`, "Say which to make: partition: '2024-01-31'.")
  const space = partitionSpace(spec, { now: new Date(now), dynamicKeys: new Map(Object.entries(dynamicPartitions)) })
  return [...parsePartitions(space, partition).indexes()].map((index) => partitionAt(space, index))
}
