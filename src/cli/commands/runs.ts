import type { OrchestrateStore, RunEvent } from '../../orchestrate/index.js'
import { cliErrors } from '../errors.js'
import { type GlobalOptions, interruptSignal, withStore } from '../globals.js'
import { followRun } from '../output/follow-run.js'
import { textTable } from '../output/table.js'
import { type RunOptions, requestAndFollow, withRuns } from '../request-run.js'

export async function list(options: GlobalOptions & { limit: number }): Promise<number> {
  return withStore(options, async (store) => {
    const runs = await store.listRuns({ limit: options.limit })
    if (options.json) console.log(JSON.stringify(runs))
    else if (runs.length === 0) console.log('No runs yet. Start one: millrace materialize "*"')
    else
      console.log(
        textTable(
          ['run', 'status', 'started', 'by', 'selection'],
          runs.map((run) => [
            run.id,
            run.status,
            run.startedAt ?? run.createdAt,
            run.trigger.name ?? run.trigger.type,
            run.selection.slice(0, 60),
          ]),
        ),
      )
    return 0
  })
}

async function runOf(store: OrchestrateStore, id: string | undefined) {
  const run = id === undefined ? (await store.listRuns({ limit: 1 }))[0] : await store.getRun(id)
  if (run) return run
  throw cliErrors.create('RUN_NOT_FOUND', {
    message: id === undefined ? 'There are no runs yet.' : `There is no run ${id}.`,
    hint: '`millrace runs` lists them.',
  })
}

export async function show(id: string | undefined, options: GlobalOptions): Promise<number> {
  return withStore(options, async (store) => {
    const run = await runOf(store, id)
    const steps = await store.listSteps(run.id)
    if (options.json) console.log(JSON.stringify({ ...run, steps }))
    else {
      console.log(`Run ${run.id}: ${run.status} (${run.selection})`)
      console.log(
        textTable(
          ['step', 'status', 'attempt', 'note'],
          steps.map((step) => [
            step.key,
            step.status,
            step.attempt,
            step.error?.message.split('\n')[0] ?? step.reason ?? '',
          ]),
        ),
      )
    }
    return 0
  })
}

export async function cancel(id: string, options: GlobalOptions): Promise<number> {
  return withStore(options, async (store) => {
    await runOf(store, id)
    const run = await store.requestCancel(id)
    console.log(options.json ? JSON.stringify(run) : `Run ${id}: ${run?.status}`)
    return 0
  })
}

export async function rerun(id: string | undefined, options: RunOptions & { fromFailure?: boolean }): Promise<number> {
  return withRuns(options, async (queue) => {
    const run = await runOf(queue.store, id)
    return requestAndFollow(
      queue,
      {
        selection: run.selection,
        trigger: { type: 'rerun', name: run.id },
        parentRunId: run.id,
        rerun: options.fromFailure ? 'from_failure' : 'all',
        fullRefresh: run.fullRefresh,
      },
      options,
    )
  })
}

interface LogsOptions extends GlobalOptions {
  readonly follow?: boolean
  readonly step?: string
}

export async function logs(id: string | undefined, options: LogsOptions): Promise<number> {
  const { json = false, debug = false, step } = options
  const isWanted = (event: RunEvent) =>
    (step === undefined || event.step?.includes(step) === true) && (debug || json || event.level !== 'debug')
  return withStore(options, async (store) => {
    const run = await runOf(store, id)
    if (options.follow) {
      await followRun({ store, runId: run.id, json, verbose: true, isWanted, leaveOn: interruptSignal() })
      return 0
    }
    for (let after = 0; ; ) {
      const events = await store.readEvents({ runId: run.id, after, limit: 1000 })
      for (const event of events.filter(isWanted)) console.log(json ? JSON.stringify(event) : logLine(event))
      if (events.length === 0) return 0
      after = events.at(-1)?.id ?? after
    }
  })
}

function logLine({ at, level, step, type, asset, check, message }: RunEvent): string {
  const parts = [step, type === 'log' ? undefined : type, asset, check, message]
  return `${at} ${(level ?? '').padEnd(5)} ${parts.filter((part) => part).join(' · ')}`
}
