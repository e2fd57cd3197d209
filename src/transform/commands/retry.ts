import { relative, resolve } from 'node:path'
import { type RunResults, readRunResults } from '../artifacts/read.js'
import { transformErrors } from '../errors.js'
import type { BatchResults } from '../event-time/batch-results.js'
import { isBad } from '../execute/results/node-result.js'
import { readDbtProject } from '../project/dbt-project.js'
import { flagsOfArgs } from './flags/artifact-args.js'
import type { CommandInvocation, DbtCommand, Retried } from './invocation/invocation.js'

const isUnfinished = (result: { readonly status: string }) => isBad(result) || result.status === 'skipped'

/** Runs again what failed or was skipped in the former run, with the same command and flags. */
export const retry =
  (commands: Readonly<Record<string, () => Promise<DbtCommand>>>): DbtCommand =>
  async (invocation) => {
    const folder = formerFolder(invocation)
    const former = readRunResults(folder)
    const which = former?.args.which
    const command = typeof which === 'string' && Object.hasOwn(retriable, which) ? which : undefined
    if (!former || command === undefined)
      throw transformErrors.create('TRANSFORM_COMMAND', {
        message: former
          ? which === undefined
            ? `${relative(invocation.projectDir, folder) || '.'}/run_results.json does not say which command it is of.`
            : `The former command was \`dbt ${String(which)}\`, which cannot be retried.`
          : `Could not find previous run in '${relative(invocation.projectDir, folder) || '.'}' target directory: it holds no run_results.json.`,
        hint: 'Run `dbt build` first, or name the folder of another run with --state.',
      })
    const retried = retriedOf(former, command, invocation)
    if (retried.ids.size === 0) {
      invocation.info('Nothing to retry: everything in the former run succeeded.')
      // The other commands say so in their artifacts.
      if (command === 'run-operation') return 0
    }
    const again = invocation.again(positionalOf(command, former), flagsOf(invocation, former), retried)
    const load = commands[again.command] as () => Promise<DbtCommand>
    return again.run(await load())
  }

/** By `args.which`; the words of the command line that it was. */
const retriable: Readonly<Record<string, readonly string[]>> = {
  build: ['build'],
  compile: ['compile'],
  clone: ['clone'],
  generate: ['docs', 'generate'],
  seed: ['seed'],
  snapshot: ['snapshot'],
  test: ['test'],
  run: ['run'],
  'run-operation': ['run-operation'],
}

function positionalOf(command: string, { args }: RunResults): string[] {
  const words = [...(retriable[command] ?? [])]
  return typeof args.macro === 'string' && command === 'run-operation' ? [...words, args.macro] : words
}

function retriedOf({ results, metadata }: RunResults, command: string, { flags }: CommandInvocation): Retried {
  const isRetried = ({ status, unique_id }: RunResults['results'][number]) =>
    (isUnfinished({ status }) || (flags.warnError === true && status === 'warn')) &&
    // Hooks run by themselves.
    (command === 'run-operation' || !unique_id.startsWith('operation.'))
  const batches = results.flatMap(({ unique_id, batch_results }) =>
    // When no batch succeeded the model starts as it did the first time.
    batch_results && batch_results.successful.length > 0 && batch_results.failed.length > 0
      ? [[unique_id, batch_results] as const]
      : [],
  )
  const startedAt = metadata?.invocation_started_at ?? metadata?.generated_at
  return {
    ids: new Set(results.filter(isRetried).map(({ unique_id }) => unique_id)),
    batches: new Map<string, BatchResults>(batches),
    overloads: new Map(
      results.flatMap(({ unique_id, overload_results: made }) =>
        made && made.failed.length > 0 ? [[unique_id, made.successful]] : [],
      ),
    ),
    ...(startedAt && { startedMs: Date.parse(startedAt) }),
  }
}

function formerFolder(invocation: CommandInvocation): string {
  const { flags, io, projectDir } = invocation
  if (flags.state !== undefined) return resolve(projectDir, flags.state)
  return invocation.targetDir({ root: readDbtProject(projectDir, { env: io.env }) })
}

/** The former command line; of this one what says where things are, and `--vars`, `--threads` and `--full-refresh`. */
function flagsOf({ flags }: CommandInvocation, { args }: RunResults) {
  const { vars, threads, fullRefresh, profile, target, projectDir, profilesDir, targetPath } = flags
  const { warnError, quiet, debug } = flags
  const places = { profile, target, projectDir, profilesDir, targetPath }
  const kept = { vars, threads, fullRefresh, ...places, warnError, quiet, debug }
  const given = Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined))
  return { ...flagsOfArgs(args), ...given }
}
