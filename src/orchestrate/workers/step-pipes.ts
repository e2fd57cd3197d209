import { resolve } from 'node:path'
import type { PipesCall, RunContext } from '../authoring/define.js'
import type { Definition } from '../authoring/project.js'
import { requireCommand } from '../authoring/require.js'
import type { AssetKey, Metadata } from '../contract/index.js'
import type { PipesContext } from '../pipes/bootstrap.js'
import { metadataOf, type PipesMessage } from '../pipes/messages.js'
import { runPipes } from '../pipes/run-pipes.js'
import { codeVersionOf } from './describe-definitions.js'
import type { CheckReport, Task } from './messages.js'
import type { Place } from './own-folders.js'

type StepTask = Extract<Task, { type: 'step' }>

export interface PipesSurroundings {
  readonly project: Place
  readonly definitions: readonly Definition[]
  readonly signal: AbortSignal
  readonly print: (level: 'info' | 'warn', message: string) => void
  readonly task: StepTask
  /** A program told what it made: an asset, or the only one where it names none. */
  readonly onMade: (asset: AssetKey, metadata: Metadata) => void
  readonly onChecked: (check: CheckReport) => void
}

/** What code of a step can call to have a program make what it is to make. */
export function stepPipes(around: PipesSurroundings): RunContext['pipes'] {
  const { task, project, signal, print } = around
  return async (command, { env, cwd, extras = {} }: PipesCall = {}) => {
    requireCommand(command)
    const messages: unknown[] = []
    await runPipes({
      command,
      cwd: resolve(project.projectDir, cwd ?? '.'),
      env: { ...(task.run.traceparent === undefined ? {} : { TRACEPARENT: task.run.traceparent }), ...env },
      context: contextOf(around, extras),
      signal,
      onLine: print,
      onMessage: (message) => take(message, around, messages),
    })
    return { messages }
  }
}

/** The words of the protocol for what this call is to make. */
function contextOf(
  { task: { assets, checks, run, partitions = [] }, definitions }: PipesSurroundings,
  extras: PipesContext['extras'],
): PipesContext {
  const keys = assets.length > 0 ? assets : [...new Set(checks.map(({ asset }) => asset))]
  const [first] = partitions
  const last = partitions.at(-1)
  const windows = partitions.flatMap(({ window }) => window ?? [])
  const unknown = <Value>(value: Value) => Object.fromEntries(keys.map((key) => [key, value]))
  return {
    asset_keys: keys.length > 0 ? keys : null,
    code_version_by_asset_key:
      keys.length > 0 ? Object.fromEntries(keys.map((key) => [key, codeVersionOf(definitions, key) ?? null])) : null,
    provenance_by_asset_key: keys.length > 0 ? unknown(null) : null,
    partition_key: partitions.length === 1 ? (first?.key ?? null) : null,
    partition_key_range: first && last ? { start: first.key, end: last.key } : null,
    partition_time_window:
      windows.length > 0 ? { start: windows[0]?.start as string, end: windows.at(-1)?.end as string } : null,
    run_id: run.runId,
    job_name: null,
    retry_number: run.attempt - 1,
    extras,
  }
}

const warnings = new Set(['WARNING', 'ERROR', 'CRITICAL'])

function take(message: PipesMessage, around: PipesSurroundings, messages: unknown[]): void {
  const { print, task } = around
  const only = task.assets[0] ?? task.checks[0]?.asset ?? ''
  switch (message.method) {
    case 'log':
      print(warnings.has(message.params.level) ? 'warn' : 'info', message.params.message)
      return
    case 'log_external_stream':
      print(message.params.stream === 'stderr' ? 'warn' : 'info', message.params.text)
      return
    case 'report_asset_materialization': {
      const { asset_key: asset, metadata, data_version: version } = message.params
      around.onMade(asset ?? only, { ...metadataOf(metadata), ...(version ? { data_version: version } : {}) })
      return
    }
    case 'report_asset_check': {
      const { asset_key: asset, check_name: name, passed, severity, metadata } = message.params
      around.onChecked({
        asset: asset ?? only,
        name,
        passed,
        severity: severity === 'WARN' ? 'warn' : 'error',
        metadata: metadataOf(metadata),
      })
      return
    }
    case 'report_custom_message':
      messages.push(message.params.payload)
  }
}
