import type {
  AirbyteConfiguredConnection,
  AirbyteConnectionState,
  AirbyteSchedule,
} from '../../../extract-load/index.js'

/** A source that is a manifest which somebody made in Airbyte's builder, or gave it. */
export interface DeclarativeDefinition {
  /** As people call it there. */
  readonly name: string
  /** Where it is, and at the end by what it is known there: `Airbyte at http://localhost:8000, definition 5d1f…`. */
  readonly from: string
  /** Undefined: nobody told it. */
  readonly manifest: Readonly<Record<string, unknown>> | undefined
}

/** What an Airbyte has, wherever it was told: by a server, an export, files. */
export interface AirbyteFacts {
  readonly connections: readonly AirbyteConnectionFacts[]
  /** What could not be taken along, as sentences. */
  readonly notes: readonly string[]
}

export interface AirbyteConnectionFacts {
  /** What it is called here: the same whichever of the connections are taken along. */
  readonly name: string
  readonly connection: AirbyteConfiguredConnection
  readonly schedule: AirbyteSchedule
  readonly source: AirbyteActor
  readonly destination: AirbyteActor
  /** Undefined: nobody told. */
  readonly state: AirbyteConnectionState | undefined
}

/** A source or a destination. */
export interface AirbyteActor {
  readonly name: string
  /** `postgres`, as the API and the image have it: `airbyte/source-postgres`. */
  readonly type: string
  readonly image: string | undefined
  readonly config: Readonly<Record<string, unknown>>
  /** Of a source that is a manifest of the builder. */
  readonly declarative?: DeclarativeDefinition | undefined
  /** What its program is written in, as Airbyte says it: `python`, `java`, `manifest-only`. */
  readonly language?: string | undefined
}

/** `source-postgres` of an image, `Postgres` of a person, `postgres` of the API: the same connector. */
export const connectorType = (text: string): string =>
  (text.split('/').at(-1) ?? '')
    .replace(/:.*$/, '')
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-')
    .replace(/^(source|destination)-/, '')
