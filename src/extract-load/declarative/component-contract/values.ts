import type { SourceLocation } from '../../../base/index.js'

export type Mapping = Readonly<Record<string, unknown>>

/** A record on its way: transformations change it in place. */
export type RecordData = Record<string, unknown>

/** The name of a field, and where what lies at some place within it is meant, the keys that lead there. */
export type FieldPath = readonly [field: string, ...keys: string[]]

/** What is done with the fields of a stream's records, as far as it is known before any is read. */
export interface PackedFields {
  /** Are made values: what somebody reads or changes. None of them lies within another one. */
  readonly read: readonly FieldPath[]
  /** Are written from the values that they have in the end. */
  readonly written: readonly string[]
  /** Are not in the records in the end, unless they are written. */
  readonly removed: readonly string[]
}

/** A part of a stream that is read by itself. Templates see it as one mapping, `partition` and `cursorSlice` together. */
export interface StreamSlice {
  /** What a partition router says. */
  readonly partition: Mapping
  /** What a cursor says: `{start_time, end_time}`, as a rule. */
  readonly cursorSlice: Mapping
  /** Of the parent's record; templates see it as `stream_slice.extra_fields`. */
  readonly extraFields: Mapping
}

/** The names that a template may use besides `config` and `parameters`, by the names that authors write. A name that is not given is undeclared. */
export interface TemplateValues {
  readonly stream_slice?: unknown
  readonly stream_partition?: unknown
  readonly stream_interval?: unknown
  readonly stream_state?: unknown
  readonly next_page_token?: unknown
  readonly record?: unknown
  readonly response?: unknown
  readonly headers?: unknown
  readonly last_record?: unknown
  readonly last_page_size?: unknown
  readonly [name: string]: unknown
}

/** Where a template of a manifest stands, for people. */
export interface TemplatePlace {
  readonly at: SourceLocation
  /** Its component and its stream, as far as it has them. */
  readonly of: string
}

/** @param owner the component that asked for the text, as the manifest has it */
export type LocateTemplate = (owner: object, text: string) => TemplatePlace | undefined
