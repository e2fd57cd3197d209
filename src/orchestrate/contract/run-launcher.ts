/** A run worker: the process that executes one run, and ends. */
export interface RunWorker {
  /** Of its container or Job, and of its lease: the run's id and the token of its claim are in it. */
  readonly name: string
  readonly runId: string
  /** With which it takes the run over, once. */
  readonly token: number
}

export type RunWorkerState =
  /** It was asked for, and does not run yet. `isHopeless`: nor will it. */
  | { readonly status: 'starting'; readonly reason?: string | undefined; readonly isHopeless?: boolean | undefined }
  | { readonly status: 'running' }
  /** `isKilled`: it did not end by itself. The exit code is of one that did. */
  | {
      readonly status: 'ended'
      readonly reason: string
      readonly isKilled: boolean
      readonly exitCode?: number | undefined
    }
  /** Nothing of this name is found here; it may never have been, or run elsewhere. */
  | { readonly status: 'unknown' }

interface Stoppable {
  readonly signal: AbortSignal
}

/**
 * Starts run workers somewhere: Dagster calls it the same. A run worker's fate does not depend on the process that launched it, and
 * every launching process can look after those of another one, by their names.
 */
export interface RunLauncher {
  readonly type: 'process' | 'docker' | 'kubernetes'
  /** Between two looks at a run worker. */
  readonly pollMs: number
  /** What is started for it, in words: `container millrace-run-…`. */
  describe(name: string): string
  /**
   * Asks for a run worker; asking for the same one again starts no second one. It may take as long as an image needs to be pulled.
   * @throws RUN_LAUNCH_FAILED; a retryable one is tried again until the start's time is up
   */
  launch(worker: RunWorker, options: Stoppable): Promise<void>
  /** @throws where it cannot be asked at the moment */
  state(name: string, options: Stoppable): Promise<RunWorkerState>
  /** Ends it, where it still runs, and leaves nothing of it behind. */
  terminate(name: string): Promise<void>
  /** It has ended: what is left of it may go, where nobody else removes it. */
  forget?(name: string): Promise<void>
  /** Removes what run workers left behind that nobody saw end. */
  tidy?(): Promise<void>
}

/**
 * With which a run worker ends whose Millrace is older than the store, before it takes its run up: another one may do it. That of
 * `sysexits.h` for what may be tried again.
 */
export const otherVersionExitCode = 75

const namePrefix = 'millrace-run-'

/** What it is called wherever it is seen: a name that containers, Kubernetes and leases can have. */
export const runWorkerName = ({ runId, token }: { readonly runId: string; readonly token: number }): string =>
  `${namePrefix}${runId}-${token}`

/** The run worker that holds a lease under this name; undefined for an engine. */
export function runWorkerOf(name: string): RunWorker | undefined {
  const [, runId = '', token] = name.match(/^millrace-run-(.+)-(\d+)$/) ?? []
  return token === undefined ? undefined : { name, runId, token: Number(token) }
}
