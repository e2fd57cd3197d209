import type { ConfiguredStream, JsonSchema } from '../../contract.js'
import type { Exchange, LocateTemplate, Mapping, ReadEvent, SourceServices } from '../component-contract.js'
import type { CustomComponents } from '../custom/custom-components.js'

/** A manifest as it was loaded: settled, migrated, checked. */
export interface Manifest {
  readonly version: string
  /** `DeclarativeSource` and all that is in it. */
  readonly root: Mapping
  /** JSON Schema of the config, as the manifest has it; one that takes anything where it has none. */
  readonly spec: JsonSchema
  readonly documentationUrl: string | undefined
  /** What its author should know: fields that no component takes, deprecated ones. */
  readonly warnings: readonly string[]
  /** Where it was read, for errors. */
  readonly file: string
  /** A hash of its text. */
  readonly hash: string
  /** Of its warnings, those that explain a refusal by an API: settings that templates ask for and nobody can give. Looked for when asked. */
  readonly undeclaredSettings?: (() => readonly string[]) | undefined
  /** Where its templates stand. */
  readonly locateTemplate?: LocateTemplate | undefined
  /** What stands for its components of Python. */
  readonly custom?: CustomComponents | undefined
}

export interface SourceStream {
  readonly name: string
  readonly jsonSchema: JsonSchema
  readonly supportedSyncModes: readonly ('full_refresh' | 'incremental')[]
  readonly sourceDefinedCursor: boolean
  readonly defaultCursorField: readonly string[]
  readonly sourceDefinedPrimaryKey: readonly (readonly string[])[]
  readonly isResumable: boolean
  /** Its records are about files, which are fetched where a connection includes them. */
  readonly isFileBased: boolean
}

export interface StreamToRead {
  readonly stream: Pick<ConfiguredStream, 'name' | 'syncMode' | 'cursorField' | 'primaryKey' | 'includesFiles'>
  /** In the CDK's shape. */
  readonly state: Mapping | undefined
  /** As the catalog has it, with the columns that were chosen. */
  readonly jsonSchema?: JsonSchema | undefined
}

export interface CheckResult {
  readonly status: 'SUCCEEDED' | 'FAILED'
  readonly message?: string | undefined
  /** Why it failed. */
  readonly error?: unknown
}

/** A manifest with a config: what a connector of Airbyte's does, for a command line, a sync and a preview alike. */
export interface DeclarativeSource {
  /** The config after its migrations and transformations. @throws MANIFEST_CONFIG_INVALID */
  readonly config: Mapping
  check(): Promise<CheckResult>
  /** Of its streams. */
  names(): Promise<readonly string[]>
  /**
   * @param names of streams; all where left out
   * @param failed is told of a stream of which no schema can be had, which is left out then; without it such a stream fails all
   */
  discover(
    names?: readonly string[],
    failed?: (stream: string, error: unknown) => void,
  ): Promise<readonly SourceStream[]>
  /** Ends after all streams; a stream that failed has its event, and the others go on. */
  read(streams: readonly StreamToRead[]): AsyncIterable<ReadEvent>
}

export interface SourceRequest {
  readonly manifest: Manifest
  readonly config: Mapping
  readonly services: SourceServices
}

export interface Preview {
  readonly records: readonly Mapping[]
  readonly exchanges: readonly Exchange[]
  readonly schema: JsonSchema
  readonly state: Mapping
  readonly logs: readonly { readonly level: string; readonly message: string }[]
}
