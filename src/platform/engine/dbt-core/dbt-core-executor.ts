import type { StepContext, StepExecutor } from '../../../orchestrate/index.js'
import { type CoreNodeResult, isMicrobatch, type Manifest, nodeFailed } from '../../../transform/index.js'
import { platformErrors } from '../../errors.js'
import { chosenParts } from '../../graph/partitions/chosen-parts.js'
import { isMade, madeBatches, partsOf, report } from '../dbt/dbt-reports.js'
import { type BuildOptions, CoreRun, nodeOf } from './core-run.js'
import type { DbtCoreRuntime } from './dbt-core-runtime.js'

/** Executes one dbt node per step; a dbt that is installed makes them, many at once. */
export class DbtCoreExecutor implements StepExecutor {
  readonly kind = 'dbt'
  readonly #runtime: DbtCoreRuntime
  readonly #runs = new Map<string, CoreRun>()

  constructor(runtime: DbtCoreRuntime) {
    this.#runtime = runtime
  }

  async execute(context: StepContext): Promise<void> {
    const run = this.#runOf(context.runId)
    const manifest = await run.manifest
    const parts = coreParts(context, manifest)
    if (parts) return this.#makeParts(context, run, manifest, parts)
    const result = await run.result(context)
    await this.#report(context, run, manifest, result)
  }

  /** One that cannot be made does not hold up the others. */
  async #makeParts(context: StepContext, run: CoreRun, manifest: Manifest, parts: readonly CorePart[]): Promise<void> {
    if (context.fullRefresh) context.log('warn', 'Partitions are made beside the others: no full refresh.')
    let failure: unknown
    for (const { keys, options } of parts)
      try {
        const result = await run.resultOf(context, options)
        await this.#report(context, run, manifest, result, keys)
      } catch (thrown) {
        context.signal.throwIfAborted()
        failure ??= thrown
        context.log('error', `${keys[0]}${keys.length > 1 ? `...${keys.at(-1)}` : ''}: ${(thrown as Error).message}`)
      }
    if (failure !== undefined) throw failure
  }

  async #report(
    context: StepContext,
    run: CoreRun,
    manifest: Manifest,
    result: CoreNodeResult,
    keys?: readonly string[],
  ): Promise<void> {
    await this.#remember(context, manifest, result)
    const told = await this.#withError(run, manifest, result)
    const batches = madeBatches(manifest, result)
    const made = isMade(result) ? (keys ?? batches) : (batches ?? [])
    await report(context, told, made, (id) => this.#runtime.facts(manifest, id))
  }

  async #remember({ log }: StepContext, manifest: Manifest, result: CoreNodeResult): Promise<void> {
    try {
      await this.#runtime.remember(manifest, result)
    } catch (error) {
      // The data are there all the same.
      log('warn', `It could not be remembered for later selections: ${(error as Error).message}`)
    }
  }

  /** What dbt said of a node that was not made is the error of its step. */
  async #withError(run: CoreRun, manifest: Manifest, result: CoreNodeResult): Promise<CoreNodeResult> {
    const { status, unique_id: id } = result
    if (isMade(result) || ['pass', 'warn', 'fail'].includes(status)) return result
    const file = (manifest.nodes[id] ?? manifest.unit_tests[id])?.original_file_path
    const error = status === 'skipped' ? skipped(run, manifest, result, file) : nodeFailed(result, file)
    const placed = await this.#runtime.placing(() => Promise.reject(error)).catch((thrown) => thrown.toJSON())
    return { ...result, error: placed }
  }

  /** What dbt does behind the last node belongs to the run. */
  async finishRun(runId: string): Promise<void> {
    const run = this.#runs.get(runId)
    this.#runs.delete(runId)
    await run?.ended()
  }

  #runOf(runId: string): CoreRun {
    let run = this.#runs.get(runId)
    if (!run) {
      run = new CoreRun(this.#runtime, runId)
      this.#runs.set(runId, run)
    }
    return run
  }
}

interface CorePart {
  readonly keys: readonly string[]
  readonly options: BuildOptions
}

/** How dbt is asked for the partitions that a step is to make; undefined for one that is cut in no way. */
function coreParts(context: StepContext, manifest: Manifest): readonly CorePart[] | undefined {
  const node = manifest.nodes[nodeOf(context.step.key)]
  const [asset] = context.assets
  const chosen = asset === undefined ? undefined : context.partitionsOf(asset)
  if (!node || !chosen) return undefined
  if (isMicrobatch(node))
    return chosenParts(chosen.partitions).flatMap(({ keys, part }) =>
      'start' in part ? [{ keys, options: { eventTime: stretch(part.start, part.end) } }] : [],
    )
  return partsOf(context, node)?.map(({ keys, options: { vars, inputWindow } }) => ({
    keys,
    options: {
      ...(vars && Object.keys(vars).length > 0 ? { vars } : {}),
      ...(inputWindow ? { sample: stretch(new Date(inputWindow.startMs), new Date(inputWindow.endMs)) } : {}),
    },
  }))
}

/** As dbt reads times: of UTC, without a zone. */
const stretch = (start: Date, end: Date) => ({
  start: start.toISOString().slice(0, 19),
  end: end.toISOString().slice(0, 19),
})

/** dbt does not make a model whose unit test fails: Millrace asks for the test after it, and would not tell what it found. */
function skipped(
  run: CoreRun,
  manifest: Manifest,
  { unique_id: id, message }: CoreNodeResult,
  file: string | undefined,
) {
  const failed = Object.values(manifest.unit_tests).find(
    ({ unique_id, depends_on }) => depends_on?.nodes.includes(id) && run.known(unique_id)?.status === 'fail',
  )
  const found = failed && run.known(failed.unique_id)?.message
  return platformErrors.create('STEP_FAILED', {
    message: failed
      ? `dbt did not make ${id}: its unit test ${failed.name} failed.${found ? `\n${found}` : ''}`
      : `dbt skipped ${id}${message ? `: ${message}` : ': something that it needs failed, or a hook before it'}.`,
    at: file === undefined ? undefined : { file },
    hint: 'Mend what failed and run the failed steps again: `millrace runs rerun <run> --from-failure`.',
  })
}
