/** `engine`: beside a server; `command`: one that executes runs itself for as long as it lasts, such as `millrace materialize`. */
export type ProcessKind = 'server' | 'daemon' | 'worker' | 'engine' | 'command'

/** What a process of the installation says of itself. */
export interface ProcessReport {
  /** As leases name it. */
  readonly name: string
  readonly kind: ProcessKind
  readonly host: string
  /** Of Millrace. */
  readonly version: string
  /** What it does with queued runs. */
  readonly runs: 'executes' | 'launches' | 'none'
  /** How many runs it executes at once; where it launches them, how many all that launch may have going together. 0 where it claims none. */
  readonly capacity: number
}

export interface KnownProcess extends ProcessReport {
  /** Runs whose lease it holds. What it launched holds a lease of its own. */
  readonly running: number
  /** Whether it is the daemon that works. */
  readonly isLeadingDaemon: boolean
  /** By the clock of the store, as all of these times. */
  readonly startedAt: string
  readonly heardAt: string
  /** It did not say for three of its beats that it is there. */
  readonly isLost: boolean
}
