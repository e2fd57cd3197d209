import type { MillraceError, SourceLocation } from '../../base/index.js'
import { transformErrors } from '../errors.js'
import type { CommandLine } from './command-line.js'
import type { CoreNodeResult, DbtCore, DbtExit } from './contract.js'

/** From 1.8 on dbt has unit tests, writes the manifest that is read here, and says all of a node in its log. */
const oldestVersion = [1, 8] as const

/** @throws TRANSFORM_DBT_TOO_OLD */
export function requireVersion(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  if (major > oldestVersion[0] || (major === oldestVersion[0] && minor >= oldestVersion[1])) return
  throw transformErrors.create('TRANSFORM_DBT_TOO_OLD', {
    message: `dbt ${version} is too old: Millrace works with dbt ${oldestVersion.join('.')} and later.`,
    hint: `Install a later one, for example \`pip install --upgrade "dbt-core>=${oldestVersion.join('.')}"\` with its adapter, or name another program as \`dbt.command\` in millrace.yaml.`,
  })
}

export function notStarted({ file }: CommandLine, cause: NodeJS.ErrnoException): MillraceError {
  const isMissing = cause.code === 'ENOENT'
  return transformErrors.create('TRANSFORM_DBT_MISSING', {
    message: isMissing
      ? `The program \`${file}\` was not found.`
      : `The program \`${file}\` could not be started: ${cause.message}.`,
    hint: isMissing
      ? 'Install dbt with its adapter (`pip install dbt-core dbt-duckdb`), or name the program as `dbt.command` in millrace.yaml: a path is meant from its folder, a bare name is looked for in PATH.'
      : 'Look whether the file may be executed by this user.',
    cause,
  })
}

/** What dbt said on its way to an end that is none of a command that ran. */
export interface LastWords {
  /** What it logged as an error. */
  readonly errors: readonly string[]
  /** What else it printed last. */
  readonly tail: readonly string[]
  /** Whether it ever spoke as dbt does. */
  readonly isDbt: boolean
}

/** @param shown the command, as a person would write it */
export function invocationFailed(shown: string, { code, signal }: DbtExit, words: LastWords): MillraceError {
  const said = withoutTraceback((words.errors.length > 0 ? words.errors : words.tail).join('\n'))
  if (signal !== null || (code !== 1 && code !== 2))
    return transformErrors.create('TRANSFORM_DBT_DIED', {
      message: `\`${shown}\` was ended by ${signal === null ? `exit code ${code}` : `the signal ${signal}`} in the middle of its work.${said && `\n${said}`}`,
      hint: 'What it had made is made. Run the failed steps again: `millrace runs rerun <run> --from-failure`. A SIGKILL that nobody sent is mostly a machine out of memory.',
    })
  return transformErrors.create('TRANSFORM_DBT_FAILED', {
    message: `\`${shown}\` could not run (exit code ${code}).${said && `\n${withoutHead(said)}`}`,
    at: placeIn(said),
    hint: words.isDbt
      ? 'These are the words of dbt; `millrace dbt parse` and `millrace dbt debug` say more.'
      : 'The program said nothing that dbt says. Look at `dbt.command` in millrace.yaml.',
  })
}

/** What becomes of a step whose node dbt says nothing of. */
export const nothingSaid = (id: string, words: Pick<LastWords, 'errors'>): MillraceError =>
  transformErrors.create('TRANSFORM_DBT_NODE', {
    message: `dbt ended and said nothing of ${id}.${words.errors.length > 0 ? `\n${words.errors.join('\n')}` : ''}`,
    hint: 'Does dbt still have it, and is it enabled? `millrace dbt ls` lists what dbt finds.',
  })

/** A node that failed, in dbt's words. @param file of the node, relative to the dbt project */
export function nodeFailed({ unique_id, status, message }: CoreNodeResult, file: string | undefined): MillraceError {
  const said = message ?? `dbt says ${status} of ${unique_id}.`
  return transformErrors.create('TRANSFORM_DBT_NODE', {
    message: said,
    at: placeIn(said) ?? (file === undefined ? undefined : { file }),
    hint: 'Mend the model and run the failed steps again: `millrace runs rerun <run> --from-failure`.',
  })
}

/** What Python says of where in dbt something happened helps nobody but those who work on dbt: its logs have it. */
export const withoutTraceback = (said: string): string =>
  said.replaceAll(/^[ \t]*Traceback \(most recent call last\):\n(?:[ \t]+.*\n|[ \t]*\n)*/gm, '').trim()

export const hookFailed = (said: string): MillraceError =>
  transformErrors.create('TRANSFORM_DBT_NODE', {
    message: said,
    at: { file: 'dbt_project.yml' },
    hint: 'The hooks of a project stand in dbt_project.yml as on-run-start and on-run-end, also those of its packages.',
  })

const withoutHead = (said: string) => said.replace(/^(?:\[ERROR\]: )?Encountered an error:\n/, '')

/** dbt names files in brackets, relative to its project: `(models/marts/totals.sql)`. A line is one of what it compiled, and no place there. */
function placeIn(said: string): SourceLocation | undefined {
  const file = /\(((?:[\w.-]+\/)+[\w.-]+\.(?:sql|ya?ml|py|csv|md))\)/.exec(said)?.[1]
  return file === undefined ? undefined : { file }
}

/** A command as it is shown: without what only Millrace adds. */
export const shownCommand = ({ command }: DbtCore, verb: string): string => `${command.join(' ')} ${verb}`
