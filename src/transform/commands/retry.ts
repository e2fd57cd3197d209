import { relative, resolve } from 'node:path'
import { type RunResults, readRunResults } from '../artifacts/read.js'
import { transformErrors } from '../errors.js'
import { readDbtProject } from '../project/dbt-project.js'
import type { DbtFlags } from './flags.js'
import { CommandInvocation, type DbtCommand } from './invocation.js'
import { isRunCommand, type RunCommand, runNodesCommand } from './run-nodes.js'

const unfinished = new Set(['error', 'fail', 'skipped', 'runtime error', 'partial success'])

/** Runs again what failed or was skipped in the former run, with the same command and flags. */
export const retry: DbtCommand = (invocation) => {
  const folder = formerFolder(invocation)
  const former = readRunResults(folder)
  const command = former?.args.which
  if (!former || !isRunCommand(command))
    throw transformErrors.create('TRANSFORM_COMMAND', {
      message: former
        ? `The former command was \`dbt ${String(command)}\`, which cannot be retried.`
        : `Could not find previous run in '${relative(invocation.projectDir, folder) || '.'}' target directory: it holds no run_results.json.`,
      hint: 'Run `dbt build` first, or name the folder of another run with --state.',
    })
  const ids = former.results.filter(({ status }) => unfinished.has(status)).map(({ unique_id }) => unique_id)
  if (ids.length === 0) {
    invocation.info('Nothing to retry: everything in the former run succeeded.')
    return 0
  }
  return runNodesCommand(again(invocation, command, former, new Set(ids)))
}

function formerFolder({ flags, io, projectDir }: CommandInvocation): string {
  if (flags.state !== undefined) return resolve(io.cwd, flags.state)
  const root = readDbtProject(projectDir, { env: io.env })
  return resolve(root.dir, flags.targetPath ?? root.targetPath)
}

/** The former command line, with what this one says over it. */
function again(
  { flags, io }: CommandInvocation,
  command: RunCommand,
  { args }: RunResults,
  only: ReadonlySet<string>,
): CommandInvocation {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
  const vars = typeof args.vars === 'string' ? args.vars : args.vars ? JSON.stringify(args.vars) : undefined
  const former: Record<string, unknown> = {
    vars,
    target: text(args.target),
    profile: text(args.profile),
    fullRefresh: args.full_refresh,
    failFast: args.fail_fast,
    storeFailures: args.store_failures,
    empty: args.empty,
  }
  const kept = Object.fromEntries(Object.entries(former).filter(([, value]) => value !== undefined && value !== null))
  return new CommandInvocation([command], { ...(kept as DbtFlags), ...flags }, io, only)
}
