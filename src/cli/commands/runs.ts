import type { OrchestrateStore } from '../../orchestrate/index.js'
import { cliErrors } from '../errors.js'
import { type GlobalOptions, interruptSignal, withStack } from '../globals.js'
import { followRun } from '../output/follow-run.js'
import { textTable } from '../output/table.js'
import { requestAndFollow } from './materialize.js'

export async function list(options: GlobalOptions & { limit: number }): Promise<number> {
  return withStack(options, async ({ store }) => {
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
  return withStack(options, async ({ store }) => {
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
  return withStack(options, async ({ store }) => {
    await runOf(store, id)
    const run = await store.requestCancel(id)
    console.log(options.json ? JSON.stringify(run) : `Run ${id}: ${run?.status}`)
    return 0
  })
}

export async function rerun(
  id: string | undefined,
  options: GlobalOptions & { fromFailure?: boolean },
): Promise<number> {
  return withStack(options, async ({ store }) => {
    const run = await runOf(store, id)
    return requestAndFollow(
      store,
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

export async function logs(
  id: string | undefined,
  options: GlobalOptions & { follow?: boolean; step?: string },
): Promise<number> {
  return withStack(options, async ({ store }) => {
    const run = await runOf(store, id)
    if (options.follow) {
      await followRun({ store, runId: run.id, json: options.json ?? false, verbose: true, signal: interruptSignal() })
      return 0
    }
    for (let after = 0; ; ) {
      const events = await store.readEvents({ runId: run.id, after, limit: 1000 })
      for (const event of events) {
        if (options.step !== undefined && event.step !== options.step) continue
        console.log(
          options.json
            ? JSON.stringify(event)
            : `${event.at} ${(event.level ?? '').padEnd(5)} ${[event.step, event.type === 'log' ? undefined : event.type, event.asset, event.check, event.message].filter((part) => part).join(' · ')}`,
        )
      }
      if (events.length === 0) return 0
      after = events.at(-1)?.id ?? after
    }
  })
}
