import { execFile } from 'node:child_process'
import type { Cancellable } from './service-manager.js'

export interface RunOptions extends Cancellable {
  readonly cwd?: string | undefined
  readonly timeoutMs?: number | undefined
}

export interface ProgramOutcome {
  /** Undefined where it could not be started, or was ended by a signal. */
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program of the machine to its end. Nothing is thrown for one that fails, or is not there. */
export type RunProgram = (program: string, args: readonly string[], options?: RunOptions) => Promise<ProgramOutcome>

/** What asks a service manager for something, and is answered in a moment or never: stopping takes the longest. */
const usualTimeoutMs = 90_000

export const runProgram: RunProgram = (program, args, { signal, cwd, timeoutMs = usualTimeoutMs } = {}) =>
  new Promise((resolve) => {
    execFile(
      program,
      [...args],
      { timeout: timeoutMs, maxBuffer: 16 * 1024 * 1024, ...(signal && { signal }), ...(cwd && { cwd }) },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined
        resolve({ code, stdout, stderr: stderr || (code === undefined ? (error?.message ?? '') : '') })
      },
    )
  })
