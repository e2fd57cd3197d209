import type { Manifest, NodeResult } from '../contract.js'

/** A dbt that people have installed, and the project that it works on. */
export interface DbtCore {
  /** The program and the words before its own arguments: `['uv', 'run', 'dbt']`. */
  readonly command: readonly string[]
  /** A path of a program is meant from here. */
  readonly programsDir: string
  /** The folder of dbt_project.yml. */
  readonly projectDir: string
  /** Where each invocation has a folder of its own. */
  readonly workDir: string
  readonly profile?: string | undefined
  readonly target?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** What `dbt build` is to do. */
export interface BuildRequest {
  readonly manifest: Manifest
  /** The nodes, by their unique ids, and no others. */
  readonly nodes: readonly string[]
  readonly fullRefresh?: boolean | undefined
  readonly vars?: Readonly<Record<string, unknown>> | undefined
  /** Of microbatch models: the batches of this stretch of time. */
  readonly eventTime?: { readonly start: string; readonly end: string } | undefined
  /** Of what is read and has an `event_time`: the rows of this stretch. */
  readonly sample?: { readonly start: string; readonly end: string } | undefined
  /** For whom it works: what is left of it is found by this mark. */
  readonly mark: string
  readonly signal: AbortSignal
  /** Called once dbt said what became of a node. */
  readonly onResult: (result: CoreNodeResult) => void
  /** A line of its log, and which node it is about. */
  readonly onLog: (level: LogLevel, message: string, uniqueId: string | undefined) => void
}

export interface CoreNodeResult extends NodeResult {
  readonly invocationId: string
}

/** How a program ended. */
export interface DbtExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}
