import { relative } from 'node:path'
import { systemClock } from '../../base/index.js'
import type { EngineHealth, Project } from '../contract.js'
import { projectFingerprint } from '../project/fingerprint.js'

/** Between looks at the files while they are being loaded. */
const lookMs = 1_000
/** A file that is written all the time is to be loaded some day. */
const longestLookMs = 60_000

/** The load of definitions.ts that is going on: it is abandoned once the files are others than those that it began with. */
export class CodeLoad {
  readonly #project: Project
  #sinceMs: number | undefined
  /** So many one after the other, with none that came to an end between them. */
  #abandoned = 0

  constructor(project: Project) {
    this.#project = project
  }

  /** What is being loaded, and for how long already. */
  get loading(): EngineHealth['loading'] {
    const { dir, definitionsFile } = this.#project
    if (this.#sinceMs === undefined || definitionsFile === undefined) return undefined
    return { file: relative(dir, definitionsFile), forMs: systemClock.monotonicMs() - this.#sinceMs }
  }

  /**
   * Does the work as long as the files are those of `print`.
   * @param abandoned is aborted when they changed, and so is the work
   */
  async whileUnchanged<T>(
    { print, abandoned }: { readonly print: string; readonly abandoned: AbortController },
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const ended = new AbortController()
    this.#sinceMs = systemClock.monotonicMs()
    this.#watch(print, abandoned, ended.signal).catch(() => {})
    try {
      return await work(abandoned.signal)
    } finally {
      ended.abort()
      this.#sinceMs = undefined
      this.#abandoned = abandoned.signal.aborted ? this.#abandoned + 1 : 0
    }
  }

  async #watch(print: string, abandoned: AbortController, signal: AbortSignal): Promise<void> {
    const pauseMs = Math.min(lookMs * 2 ** this.#abandoned, longestLookMs)
    while (!signal.aborted) {
      await systemClock.sleep(pauseMs, { signal })
      if ((await projectFingerprint(this.#project)) !== print && !signal.aborted) return abandoned.abort()
    }
  }
}
