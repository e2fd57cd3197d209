/** What is read of BigQuery's REST API: https://cloud.google.com/bigquery/docs/reference/rest */

export interface FieldResource {
  readonly name: string
  readonly type: string
  readonly mode?: string
  readonly description?: string
  readonly fields?: readonly FieldResource[]
  readonly precision?: string
  readonly scale?: string
  readonly maxLength?: string
  readonly rangeElementType?: { readonly type: string }
}

export interface ErrorResource {
  readonly reason?: string
  readonly message?: string
  readonly location?: string
}

export interface TableReference {
  readonly projectId: string
  readonly datasetId: string
  readonly tableId: string
}

export interface JobResource {
  readonly jobReference: { readonly projectId: string; readonly jobId: string; readonly location?: string }
  readonly configuration?: { readonly query?: { readonly destinationTable?: TableReference } }
  readonly status: {
    readonly state: 'PENDING' | 'RUNNING' | 'DONE'
    readonly errorResult?: ErrorResource
    readonly errors?: readonly ErrorResource[]
  }
  readonly statistics?: {
    readonly totalBytesProcessed?: string
    readonly totalSlotMs?: string
    readonly numChildJobs?: string
    readonly sessionInfo?: { readonly sessionId?: string }
    readonly load?: { readonly outputRows?: string }
    readonly query?: {
      readonly statementType?: string
      readonly totalBytesProcessed?: string
      readonly totalBytesBilled?: string
      readonly totalSlotMs?: string
      readonly numDmlAffectedRows?: string
      readonly cacheHit?: boolean
      readonly schema?: { readonly fields?: readonly FieldResource[] }
    }
  }
}

/** A value: a text, a list of values, or a record. */
export type RawCell =
  | string
  | null
  | readonly { readonly v: RawCell }[]
  | { readonly f: readonly { readonly v: RawCell }[] }

export interface RowsResource {
  readonly jobComplete: boolean
  readonly schema?: { readonly fields?: readonly FieldResource[] }
  readonly rows?: readonly { readonly f: readonly { readonly v: RawCell }[] }[]
  readonly pageToken?: string
}

export interface TableResource {
  readonly tableReference: TableReference
  readonly type?: string
  readonly numRows?: string
  readonly description?: string
  readonly schema?: { readonly fields?: readonly FieldResource[] }
}
