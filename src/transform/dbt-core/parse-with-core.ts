import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../../base/index.js'
import { readManifest } from '../artifacts/read.js'
import type { Manifest } from '../contract.js'
import { commandLine, dbtEnvironment } from './command-line.js'
import type { DbtCore, LogLevel } from './contract.js'
import { invocationFailed, shownCommand } from './failures.js'
import { recordedRun } from './recorded-run.js'
import { keepPartialParse, makeWorkFolder } from './work-folder.js'

export interface ParseRequest {
  /** Of the project's files: what was parsed of the same ones is read again. */
  readonly print: string
  readonly mark: string
  readonly signal: AbortSignal
  readonly onLog: (level: LogLevel, message: string) => void
}

/**
 * The manifest as dbt itself makes it. dbt is started only when a file changed, or whatever else it reads.
 * @throws TRANSFORM_DBT_MISSING, TRANSFORM_DBT_TOO_OLD, TRANSFORM_DBT_FAILED, TRANSFORM_DBT_DIED, TRANSFORM_COMMAND for a manifest that cannot be read
 */
export async function parseWithCore(dbt: DbtCore, request: ParseRequest): Promise<Manifest> {
  const made = join(dbt.workDir, 'parsed')
  const state = stateOf(dbt, request.print)
  const kept = keptManifest(made, state)
  if (kept) return kept
  makeFolder(dbt.workDir)
  const folder = await makeWorkFolder(dbt)
  const { exit, words } = await recordedRun(dbt, ['parse'], folder, {
    mark: request.mark,
    signal: request.signal,
    onLine: ({ level, message }) => {
      if (level === 'warn') request.onLog(level, message)
    },
    onText: (text) => request.onLog('debug', text),
  })
  const manifest = exit.code === 0 && words.isDbt ? readManifest(folder.target) : undefined
  if (!manifest)
    throw invocationFailed(shownCommand(dbt, 'parse'), exit.code === 0 ? { ...exit, code: 2 } : exit, words)
  await keepPartialParse(dbt, folder)
  makeFolder(made)
  // In this order: a state names the manifest that lies beside it.
  await writeFile(join(made, 'state'), '')
  await rename(join(folder.target, 'manifest.json'), join(made, 'manifest.json'))
  await writeFile(join(made, 'state'), state)
  return manifest
}

function keptManifest(folder: string, state: string): Manifest | undefined {
  const file = join(folder, 'state')
  if (!existsSync(file) || readFileSync(file, 'utf8') !== state) return undefined
  try {
    return readManifest(folder)
  } catch {
    // Another version of Millrace wrote it, or it was cut off: dbt makes it anew.
    return undefined
  }
}

/** Of the shell and the terminal, and no part of a project. */
const passing = new Set(['_', 'PWD', 'OLDPWD', 'SHLVL', 'TERM', 'COLUMNS', 'LINES', 'TMPDIR', 'INIT_CWD'])

/** All that a manifest is made of: files, the profile, the program, and the environment, which templates may ask. */
function stateOf(dbt: DbtCore, print: string): string {
  const env = dbtEnvironment(dbt)
  const variables = Object.entries(env)
    .filter(([name]) => !passing.has(name) && !/^(?:npm_|SSH_|XDG_|MILLRACE_(?:WORK|STATE_DIR)$)/.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const files = [join(env.DBT_PROFILES_DIR ?? '', 'profiles.yml'), commandLine(dbt, []).file].map((file) => {
    const info = statSync(file, { throwIfNoEntry: false })
    return info && [file, info.size, info.mtimeMs]
  })
  const all = JSON.stringify([print, variables, files, dbt.command, dbt.projectDir, dbt.profile, dbt.target])
  return createHash('sha256').update(all).digest('hex')
}
