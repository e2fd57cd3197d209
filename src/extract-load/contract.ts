import type { ErrorJson, SourceLocation } from '../base/index.js'
import type { Cell } from '../warehouse/index.js'

/** Airbyte's names for the two halves of a sync mode. */
export type SyncMode = 'full_refresh' | 'incremental'
export type DestinationSyncMode = 'overwrite' | 'append' | 'append_dedup' | 'overwrite_dedup'

/** A field path: `['user', 'id']`. */
export type FieldPath = readonly string[]

/** JSON Schema (draft 7, Airbyte's subset with `airbyte_type`). */
export type JsonSchema = { readonly [key: string]: unknown }

/** A stream as the source describes it (Airbyte's AirbyteStream). */
export interface DiscoveredStream {
  readonly name: string
  readonly namespace?: string | undefined
  readonly jsonSchema: JsonSchema
  readonly supportedSyncModes: readonly SyncMode[]
  readonly sourceDefinedCursor: boolean
  readonly defaultCursorField: FieldPath
  readonly sourceDefinedPrimaryKey: readonly FieldPath[]
  /** Its records are about files, which `include_files` has loaded with them. */
  readonly isFileBased?: boolean | undefined
  /** Columns that could serve as key or as cursor, where the source can tell from its rows. */
  readonly primaryKeyCandidates?: readonly FieldPath[] | undefined
  readonly cursorCandidates?: readonly FieldPath[] | undefined
  /** First rows, where the source can show some. */
  readonly sample?: StreamSample | undefined
  /** What changed since a sync last took its fields, where one did. */
  readonly changes?: readonly SchemaChange[] | undefined
}

export interface StreamSample {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

/** Which rows are loaded, by a value of theirs. */
export type RowCondition =
  | { readonly field: string; readonly equal: string | number | boolean | null }
  | { readonly and: readonly RowCondition[] }
  | { readonly or: readonly RowCondition[] }
  | { readonly not: RowCondition }

/** What becomes of rows and fields on their way, by Airbyte's names. Fields are called as in the source. */
export type Mapper =
  | {
      readonly type: 'hashing'
      readonly field: string
      readonly method: 'MD5' | 'SHA-1' | 'SHA-224' | 'SHA-256' | 'SHA-384' | 'SHA-512'
    }
  | EncryptionMapper
  | { readonly type: 'field-renaming'; readonly field: string; readonly to: string }
  | { readonly type: 'field-filtering'; readonly field: string }
  | { readonly type: 'row-filtering'; readonly where: RowCondition }

/**
 * @property key 32 bytes, as hexadecimal digits or base64
 * @property publicKey PEM, or its bytes (SubjectPublicKeyInfo) as hexadecimal digits or base64
 */
export type EncryptionMapper = { readonly type: 'encryption'; readonly field: string } & (
  | { readonly algorithm: 'AES'; readonly key: string }
  | { readonly algorithm: 'RSA'; readonly publicKey: string; readonly padding: 'PKCS1' | 'OAEP' }
)

/** How a stream is cut into parts that are loaded, and known, on their own: by what a field of its rows says. */
export type StreamPartitions = { readonly field: string } & (TimeCut | ValueCut)

/** Windows of time, in the words of their definition. */
export interface TimeCut {
  readonly by: 'hourly' | 'daily' | 'weekly' | 'monthly' | 'cron'
  /** With `by: cron`: a window begins at each of its instants. */
  readonly cron?: string | undefined
  /** Local time: no window begins before, or ends after. */
  readonly start: string
  readonly end?: string | undefined
  readonly timezone: string
  readonly minute?: number | undefined
  readonly hour?: number | undefined
  readonly weekday?: number | undefined
  readonly day?: number | undefined
  readonly format?: string | undefined
  readonly endOffset?: number | undefined
  /** What a whole number counts since 1970; without it a whole number is no time. */
  readonly unit?: 'seconds' | 'milliseconds' | undefined
}

export interface ValueCut {
  readonly by: 'static'
  readonly keys: readonly string[]
}

/** The rows of some partitions: those whose field lies in a stretch of time, from `start` up to and without `end`, or has one of these values. */
export type RowWindow =
  | {
      readonly type: 'time'
      readonly field: string
      readonly start: Date
      readonly end: Date
      /** In which times without a zone, and days, are read. */
      readonly timezone: string
      readonly unit?: TimeCut['unit']
    }
  | { readonly type: 'values'; readonly field: string; readonly values: readonly string[] }

/** Partitions of a stream that are loaded at once: those of one stretch of time, or some values. */
export interface ChosenPartitions {
  /** By which whoever chose them knows them. */
  readonly keys: readonly string[]
  readonly part: { readonly start: Date; readonly end: Date } | { readonly values: readonly string[] }
}

/** Where a destination keeps the files that records are about. */
export interface FileKeeper {
  /** How people know it. */
  readonly place: string
  /**
   * The file is there as a whole, or not at all; one that was called so is replaced.
   * @param path relative, as `filePath` makes it
   * @returns bytes
   */
  keep(path: string, body: AsyncIterable<Uint8Array>): Promise<number>
}

/** A stream as the connection's YAML configures it. */
export interface ConfiguredStream {
  readonly name: string
  readonly syncMode: SyncMode
  readonly destinationSyncMode: DestinationSyncMode
  readonly cursorField?: FieldPath | undefined
  readonly primaryKey?: readonly FieldPath[] | undefined
  /** The fields that are loaded, without what lies in them; all when left out. */
  readonly fields?: readonly string[] | undefined
  readonly mappers?: readonly Mapper[] | undefined
  /** When columns come, an incremental stream is read from the start, so that rows of before have their values. */
  readonly fillsNewColumns?: boolean | undefined
  /** The files that its records are about are kept by the destination. */
  readonly includesFiles?: boolean | undefined
  readonly partitions?: StreamPartitions | undefined
  /** Of its table, where they are not those of the connection. */
  readonly schema?: string | undefined
  readonly table?: string | undefined
}

/** What becomes of it when the fields of a stream change in the source. */
export type SchemaChangePolicy = 'ignore' | 'pause' | 'propagate_columns' | 'propagate_fully'

export interface ConnectionSchedule {
  /** One expression, or several of which any is enough. */
  readonly cron: string | readonly string[]
  readonly timezone: string
  /** It turns itself off after so many syncs that failed in a row, or after so many days in which none went well. */
  readonly autoDisable?: { readonly failedSyncs: number; readonly days: number } | undefined
}

/** Further attempts of a sync that failed for a reason which may go away. An attempt that committed rows is a partial failure, any other a complete one. */
export interface ConnectionRetries {
  readonly completeFailuresMaxSuccessive: number
  readonly completeFailuresMaxTotal: number
  readonly partialFailuresMaxTotal: number
  readonly backoffMinSeconds: number
  readonly backoffMaxSeconds: number
  readonly backoffBase: number
}

/** How long something may take, in seconds. */
export interface ConnectionTimeouts {
  /** That the source says nothing. */
  readonly source: number
  /** One transaction of the destination. */
  readonly destination: number
  /** One attempt, as a whole. */
  readonly sync: number
}

/** One YAML file below `extract_load/`. */
export interface Connection {
  readonly name: string
  /** The YAML file, relative to the project. */
  readonly file: string
  /** Where a setting of it stands in the file. */
  readonly locate?: ((path: readonly (string | number)[]) => SourceLocation) | undefined
  /** Where a secret stands in the file as it is: whoever reads the repository has it. */
  readonly secretsInClear?: readonly SourceLocation[] | undefined
  readonly source: { readonly connector: string; readonly config: Readonly<Record<string, unknown>> }
  /** Which variables the settings of its source name, and where each has its value from. */
  readonly sourceVariables?:
    | readonly { readonly name: string; readonly from: 'environment' | 'secrets' | 'default' }[]
    | undefined
  /** Of the project's connections: the connectors that were added to it lie there. */
  readonly folder?: string | undefined
  readonly destination: {
    readonly connector: string
    readonly config: Readonly<Record<string, unknown>>
    /** Of the tables in the warehouse, which may hold Airbyte's word for the namespace of the source; undefined where streams go elsewhere. */
    readonly schema?: string | undefined
    readonly prefix: string
    /** Whether a row that the source calls deleted leaves its table, or stays with the time of it. */
    readonly cdcDeletes: 'hard' | 'soft'
  }
  /** Empty = every stream of the source, full refresh and overwrite. */
  readonly streams: readonly ConfiguredStream[]
  readonly schemaChanges: SchemaChangePolicy
  /** Its streams are those that the source had when it was last asked: new ones are taken by themselves. */
  readonly followsStreams: boolean
  readonly schedule?: ConnectionSchedule | undefined
  /** Of this pool of the project a sync takes a place. */
  readonly pool?: string | undefined
  /** No further attempts where it is left out. */
  readonly retries?: ConnectionRetries | undefined
  /** No limits where it is left out. */
  readonly timeouts?: ConnectionTimeouts | undefined
}

/** A connection that is not a file yet: what somebody chose so far. Plain JSON. */
export interface ConnectionDraft {
  readonly name: string
  /** Values that the connector calls secret may stand here; they are never written. */
  readonly source: Connection['source']
  /** The warehouse, where nothing else is named. */
  readonly destination: {
    readonly connector?: string | undefined
    readonly config?: Readonly<Record<string, unknown>> | undefined
    readonly schema?: string | undefined
    readonly prefix?: string | undefined
    readonly cdcDeletes?: Connection['destination']['cdcDeletes'] | undefined
  }
  /** The keys of their mappers are never written either. */
  readonly streams: readonly ConfiguredStream[]
  readonly schemaChanges?: SchemaChangePolicy | undefined
  readonly schedule?: ConnectionSchedule | undefined
}

/**
 * Settings as somebody sends them who may have been shown the former ones without their secrets: what is as it was shown stays as it is
 * written, and a text of stars stands for what is there already.
 */
export interface ChangedSettings {
  readonly config: Readonly<Record<string, unknown>>
  /** They go into what is there; otherwise they take its place. */
  readonly isPartial: boolean
}

/** Further attempts or limits of time as the file of a connection says them: `{ sync_seconds: 3600 }`. */
export type WrittenPace = Readonly<Record<string, number>>

/** What is to stand otherwise in the file of a connection; what is left out stays as it is. */
export interface ConnectionFileChange {
  /** Of the connection. */
  readonly name: string
  /** The settings of its source; values that the connector calls secret are never written. */
  readonly sourceConfig?: ChangedSettings | undefined
  readonly destinationConfig?: ChangedSettings | undefined
  readonly schema?: string | undefined
  readonly prefix?: string | undefined
  readonly cdcDeletes?: Connection['destination']['cdcDeletes'] | undefined
  /** All that it loads from now on. What the file says of a stream besides (partitions, its table, mappers where none are given) stays. */
  readonly streams?: readonly ConfiguredStream[] | undefined
  /** A stream that says nothing of mappers, files and its table has none of its own from now on. */
  readonly saysWholeStreams?: boolean | undefined
  readonly schemaChanges?: SchemaChangePolicy | undefined
  /** Null: it has none. */
  readonly schedule?: Pick<ConnectionSchedule, 'cron' | 'timezone'> | null | undefined
  /** All of it, as it stands in the file; what is not said is as usual. */
  readonly retries?: WrittenPace | undefined
  readonly timeouts?: WrittenPace | undefined
  /** The hash of the text that it was made of: where the file says something else by now, nothing is changed. */
  readonly before?: string | undefined
}

/** What a change of a connection's file comes to, for its data: said before it is made. */
export interface ChangeEffect {
  /** Undefined: of all of its streams. */
  readonly stream?: string | undefined
  /**
   * `refresh`: the next sync refuses the stream until it is loaded from the start. `replace`: the next sync loads it from the start, in the
   * place of the table. `move`: it goes to another place from now on. `columns`: other columns have values. `source`: the source may be
   * another one. `unknown`: nobody can tell now.
   */
  readonly kind: 'add' | 'remove' | 'move' | 'refresh' | 'replace' | 'columns' | 'source' | 'unknown'
  readonly message: string
}

/** The file that a draft becomes. */
export interface ConnectionFile {
  /** Relative to the project. */
  readonly file: string
  readonly yaml: string
  /** Names of secrets that were given and are kept with it, encrypted: its file names them. */
  readonly newSecrets: readonly string[]
  /** Where the rows of each stream will be: its table, or its folder; nowhere where they are not kept. */
  readonly places: readonly { readonly stream: string; readonly place?: string | undefined }[]
}

/** A stream with the relation that it is loaded into; the unit that becomes an asset. */
export interface ConnectionStream extends ConfiguredStream {
  readonly schema: string
  readonly table: string
  /** Rows that the source calls deleted leave the table. */
  readonly dropsDeleted: boolean
  /** The relation is one of the warehouse; otherwise it only names the stream. */
  readonly isInWarehouse: boolean
  /** Where the rows are, for people, where that is elsewhere: `exports/orders/`. */
  readonly location?: string | undefined
}

export interface SchemaChange {
  readonly kind: 'column_added' | 'column_removed' | 'type_changed'
  readonly column: string
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** Of a column that came: the one that went with it, of the same type, and may be the same under its former name. */
  readonly renamedFrom?: string | undefined
}

/** Keeps what connectors changed of their own settings, such as a token that was renewed: one text per connection, which nobody else may read. */
export interface SettingsKeeper {
  read(connection: string): Promise<string | undefined>
  /** Has kept it durably when it resolves. */
  write(connection: string, text: string): Promise<void>
}

export interface CheckResult {
  readonly status: 'succeeded' | 'failed'
  readonly message?: string | undefined
  readonly error?: ErrorJson | undefined
  /** What should not stay so, and may be why it failed. */
  readonly warnings?: readonly string[] | undefined
}
