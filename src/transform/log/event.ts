export type EventLevel = 'debug' | 'info' | 'warn' | 'error'

/** What is said about one thing that happened: dbt's code for it, how loud it is, and its sentence. */
export interface EventDefinition<Data> {
  readonly code: string
  readonly level: EventLevel
  readonly message: (data: Data, node: NodeInfo | undefined) => string
}

/** One line of a catalogue. A level may hang on the data: a failed test is an error, a passed one is not. */
export const defineEvent = <Data = Record<never, never>>(
  code: string,
  level: EventLevel,
  message: (data: Data, node: NodeInfo | undefined) => string,
): EventDefinition<Data> => ({ code, level, message })

/** What dbt's `info.node_info` and `data.node_info` say of a node. Times and status are texts; empty before they are known. */
export interface NodeInfo {
  readonly node_name: string
  readonly unique_id: string
  readonly resource_type: string
  readonly materialized: string
  readonly node_path: string
  readonly node_status: string
  readonly node_started_at: string
  readonly node_finished_at: string
  readonly node_checksum: string
  readonly node_relation: {
    readonly database: string
    readonly schema: string
    readonly alias: string
    readonly relation_name: string
  }
  readonly meta: Readonly<Record<string, unknown>>
}

/** One thing that happened, as every output of the log gets it. */
export interface LogEvent {
  readonly name: string
  readonly code: string
  readonly level: EventLevel
  /** With colours; an output that shows none takes them out. */
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
  readonly node: NodeInfo | undefined
  readonly thread: string
  readonly at: Date
}
