import type { StepContext } from '../../../orchestrate/index.js'
import type { BuildRequest, CoreNodeResult } from '../../../transform/index.js'

type Log = StepContext['log']
type Line = Parameters<Log>

/** Of a node whose step has not begun so many lines are kept for it. */
const mostLines = 200

/** One `dbt build` that works for several steps: each takes what is said of its node. */
export class CoreInvocation {
  readonly #results = new Map<string, Deferred<CoreNodeResult>>()
  readonly #lines = new Map<string, Line[]>()
  readonly #listeners = new Map<string, Log>()
  readonly #open: Set<string>
  /** Once dbt has ended; with what failed behind all nodes, which no step was told: a hook at its end. */
  readonly ended: Promise<{ readonly error: unknown } | undefined>

  /**
   * @param build starts it
   * @param log for what is about no node
   */
  constructor(
    nodes: readonly string[],
    build: (told: Pick<BuildRequest, 'onResult' | 'onLog'>) => Promise<void>,
    log: Log,
  ) {
    this.#open = new Set(nodes)
    for (const id of nodes) {
      const result = deferred<CoreNodeResult>()
      // A step that never asks hears of no failure.
      result.promise.catch(() => {})
      this.#results.set(id, result)
    }
    this.ended = build({
      onResult: (result) => {
        this.#open.delete(result.unique_id)
        this.#results.get(result.unique_id)?.resolve(result)
      },
      onLog: (level, message, id) => this.#told(id, [level, message], log),
    }).then(
      () => undefined,
      (error: unknown) => {
        const isUntold = this.#open.size === 0
        for (const { reject } of this.#results.values()) reject(error)
        return isUntold ? { error } : undefined
      },
    )
  }

  /** What became of a node; from now on the lines about it go to `log`. @throws what ended dbt before */
  result(id: string, log: Log): Promise<CoreNodeResult> {
    this.#listeners.set(id, log)
    for (const line of this.#lines.get(id) ?? []) log(...line)
    this.#lines.delete(id)
    return this.#results.get(id)?.promise ?? Promise.reject(new Error(`dbt was not asked for ${id}.`))
  }

  #told(id: string | undefined, line: Line, log: Log): void {
    const isOfStep = id !== undefined && this.#results.has(id)
    const listener = isOfStep ? this.#listeners.get(id) : log
    if (listener) listener(...line)
    else if (isOfStep) this.#lines.set(id, [...(this.#lines.get(id) ?? []), line].slice(0, mostLines))
  }
}

interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
}

function deferred<T>(): Deferred<T> {
  let [resolve, reject]: [(value: T) => void, (error: unknown) => void] = [() => {}, () => {}]
  const promise = new Promise<T>((done, failed) => {
    resolve = done
    reject = failed
  })
  return { promise, resolve, reject }
}
