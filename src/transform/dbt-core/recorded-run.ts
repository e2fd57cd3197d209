import { baseErrors, type MillraceError } from '../../base/index.js'
import { commandLine, projectArguments, recordedEnvironment } from './command-line.js'
import type { DbtCore, DbtExit } from './contract.js'
import { runProcess } from './dbt-process.js'
import { type LastWords, requireVersion } from './failures.js'
import { type LogLine, readLogLine } from './log-line.js'
import type { WorkFolder } from './work-folder.js'

const mostWords = 20

export interface RecordedRun {
  readonly mark: string
  readonly signal: AbortSignal
  readonly onLine: (line: LogLine) => void
  /** What is no event: warnings of Python, the words of a wrapper. */
  readonly onText: (line: string) => void
}

/**
 * Runs a command of dbt whose log is read as it comes.
 * @throws TRANSFORM_DBT_MISSING, TRANSFORM_DBT_TOO_OLD, ABORTED
 */
export async function recordedRun(
  dbt: DbtCore,
  args: readonly string[],
  folder: WorkFolder,
  { mark, signal, onLine, onText }: RecordedRun,
): Promise<{ readonly exit: DbtExit; readonly words: LastWords }> {
  const line = commandLine(dbt, [...args, ...projectArguments(dbt)])
  const errors: string[] = []
  const tail: string[] = []
  const tooOld = new AbortController()
  let refusal: unknown
  let isDbt = false
  const onEvent = (event: LogLine) => {
    isDbt = true
    if (event.version !== undefined) refusal ??= refused(() => requireVersion(event.version as string))
    if (refusal !== undefined) return tooOld.abort()
    if (event.level === 'error' && event.node === undefined && event.message !== '') errors.push(event.message)
    onLine(event)
  }
  const onOther = (text: string) => {
    if (text.trim() === '') return
    tail.push(text)
    if (tail.length > mostWords) tail.shift()
    onText(text)
  }
  const stdout = (text: string) => {
    const event = readLogLine(text)
    if (event) onEvent(event)
    else onOther(text)
  }
  const exit = await runProcess(line, {
    cwd: dbt.projectDir,
    env: recordedEnvironment(dbt, folder),
    mark,
    signal: AbortSignal.any([signal, tooOld.signal]),
    stdout,
    stderr: onOther,
  })
  if (signal.aborted) throw aborted(signal)
  if (refusal !== undefined) throw refusal
  return { exit, words: { errors, tail, isDbt } }
}

const aborted = (signal: AbortSignal): MillraceError =>
  baseErrors.create('ABORTED', { message: 'Cancelled.', cause: signal.reason })

function refused(check: () => void): unknown {
  try {
    check()
    return undefined
  } catch (thrown) {
    return thrown
  }
}
