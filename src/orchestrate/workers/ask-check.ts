import type { CheckDefinition, CheckOutcome } from '../authoring/checks/check.js'
import {
  type CheckHistory,
  type EarlierMaterialization,
  longestHistory,
  usualHistory,
} from '../authoring/checks/check-context.js'
import type { Partition, RunContext } from '../authoring/define.js'
import type { Metadata, RunEvent } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { plain, plainMetadata } from '../values/plain.js'
import { type CodeSurroundings, contextOf } from './code-context.js'
import type { CheckHistoryQuestion, CheckReport, RunFacts } from './messages.js'

/** What a check is asked about, and with. */
export interface CheckCall {
  readonly run: RunFacts
  readonly resources: () => Promise<object>
  readonly pipes: RunContext['pipes']
  readonly about: {
    readonly metadata: Metadata
    readonly partition?: Partition | undefined
    readonly partitions: readonly Partition[]
    readonly value?: unknown
  }
}

/** Asks a check, and tells what it found. */
export async function askCheck(around: CodeSurroundings, check: CheckDefinition, call: CheckCall): Promise<void> {
  const { asset, name } = check
  try {
    around.tell({ type: 'checked', check: await outcomeOf(around, check, call) })
  } catch (thrown) {
    // What was not found good is not: the asset must not look as if it were.
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    const broken = { asset, name, passed: false, severity: 'error', message, isBroken: true } as const
    if (!around.signal.aborted) around.tell({ type: 'checked', check: broken })
    throw thrown
  }
}

async function outcomeOf(around: CodeSurroundings, check: CheckDefinition, call: CheckCall): Promise<CheckReport> {
  const { asset, name } = check
  const { metadata: _, dataVersion: __, ...context } = contextOf(around, call.run, {})
  const outcome: unknown = await check.run?.({
    ...context,
    ...call.about,
    pipes: call.pipes,
    resources: await call.resources(),
    history: (most = usualHistory, partition?: string) => historyOf(around, { asset, name, partition }, most),
  } as never)
  if (typeof (outcome as { passed?: unknown } | undefined)?.passed !== 'boolean')
    throw orchestrateErrors.create('USER_CODE_FAILED', {
      message: `The check ${name} answered ${JSON.stringify(plain(outcome)) ?? 'nothing'}.`,
      hint: 'A check answers { passed: true } or { passed: false, message: … }.',
    })
  const { passed, severity = 'error', message, metadata } = outcome as CheckOutcome
  return { asset, name, passed, severity, message, metadata: plainMetadata(metadata) }
}

async function historyOf(around: CodeSurroundings, check: CheckHistoryQuestion, most: number): Promise<CheckHistory> {
  if (!Number.isInteger(most) || most < 1 || most > longestHistory)
    throw orchestrateErrors.create('USER_CODE_FAILED', {
      message: `The check ${check.name} asks for ${most} of its history.`,
      hint: `Ask for 1 to ${longestHistory}: history(${usualHistory}).`,
    })
  const { materializations, outcomes } = await around.history(check, most)
  return {
    materializations: materializations.map(earlier),
    outcomes: outcomes.map((event) => ({
      ...earlier(event),
      passed: event.level === 'info',
      severity: event.level === 'warn' ? 'warn' : 'error',
      message: event.message,
    })),
  }
}

const earlier = ({ at, runId, partitions, metadata = {} }: RunEvent): EarlierMaterialization => ({
  at: new Date(at),
  runId,
  partition: partitions,
  metadata,
})
