import type { JsonSchema } from '../../contract.js'
import type { FileUploader } from './files.js'
import type { RequestOptionsProvider } from './http.js'
import type { FieldUse } from './records.js'
import type { Mapping, RecordData, StreamSlice } from './values.js'

export interface PartitionRouter extends RequestOptionsProvider {
  slices(): AsyncIterable<StreamSlice>
  /** Of the streams that it reads to find its partitions, to be kept in the stream's own state; undefined where it reads none. */
  parentState(): Mapping | undefined
  /** The streams that it reads to find its partitions, and theirs. */
  readonly parents: readonly string[]
  /** Its partitions are not known one by one: one state is kept for all of them. */
  readonly hasGlobalStateOnly?: boolean | undefined
  /** Of its partitions, where they are known before they are read. */
  readonly fields?: readonly string[] | undefined
  /** It puts values of a partition into requests by itself. */
  readonly hasRequestOptions?: boolean | undefined
}

/** What was read of a stream and what is to be read: it gives the slices, sees each record, and makes the state. */
export interface StreamCursor extends RequestOptionsProvider {
  slices(): AsyncIterable<StreamSlice>
  shouldBeSynced(record: RecordData, slice: StreamSlice): boolean
  observe(record: RecordData, slice: StreamSlice): void
  /** All records of the slice were seen. @returns whether there is a state to tell */
  closeSlice(slice: StreamSlice): boolean
  /** No slice is read any more: what is known only then goes into the state. */
  finish(): void
  /** As it is to be kept, in the CDK's shape. */
  state(): Mapping
  /** By the CDK's names, for the catalog; undefined for a stream without one. */
  readonly cursorField: string | undefined
  /** All that it looks at; undefined where it may look at any field. */
  readonly uses?: FieldUse | undefined
  /** Whoever configures the stream may choose another field. */
  readonly takesOtherField?: boolean | undefined
  /** How far the kept state of a stream goes (`api_retention_period`); undefined where it does not say. */
  instantOf?(state: Mapping): Date | undefined
  /** Smaller slices in place of one that is too large (`RequestWindowSplitting`); undefined where it cannot be split. */
  split?(slice: StreamSlice, minSplitSeconds: number | undefined): readonly StreamSlice[] | undefined
  /** For `pagination_reset` with `SPLIT_USING_CURSOR`: begins without a state, and says what is left of a slice. */
  tracker?(): SliceTracker
}

export interface SliceTracker {
  observe(record: RecordData, slice: StreamSlice): void
  /** What of the slice is still to be read. */
  reduce(original: StreamSlice): StreamSlice
}

export interface DeclarativeStream {
  readonly name: string
  readonly primaryKey: readonly (readonly string[])[]
  readonly cursorField: string | undefined
  readonly cursor: StreamCursor
  /** The streams that are read to find its slices, and theirs. */
  readonly parents: readonly string[]
  /** Its state was too old to go on from, and is given up before it is read. */
  readonly isStateGivenUp?: boolean | undefined
  /** For the files that its records are about; undefined where they are about none. */
  readonly files?: FileUploader | undefined
  schema(): Promise<JsonSchema>
  slices(): AsyncIterable<StreamSlice>
  readSlice(slice: StreamSlice): AsyncIterable<readonly RecordData[]>
}

/** Makes streams of a template. */
export interface ComponentsResolver {
  /** What it fills in comes from the settings, so that whoever wrote them can put it right. */
  readonly isMadeOfConfig: boolean
  resolve(template: Mapping): AsyncIterable<Mapping>
}

/** Finds out whether a source can be reached. */
export interface Check {
  /** Settings that hold in place of others while it does so. */
  readonly configOverrides: Mapping | undefined
  /** @throws why it cannot */
  run(streams: CheckedStreams): Promise<void>
}

export interface CheckedStreams {
  /**
   * Makes the streams of these names; dynamic ones are not made where all are written in the manifest.
   * @returns what gives each of them, and throws where there is none
   */
  named(names: readonly string[]): Promise<(name: string) => DeclarativeStream>
  /** Those of the manifest, then those that dynamic streams make. */
  first(count: number): Promise<readonly DeclarativeStream[]>
  /** By the dynamic stream that makes them; undefined where the manifest has none of the name. */
  madeBy(dynamicStream: string): Promise<readonly DeclarativeStream[] | undefined>
}
