import type { JsonSchema } from '../../../src/extract-load/contract.js'
import type { FailureType, Mapping, SourceEvent } from '../../../src/extract-load/declarative/component-contract.js'
import { failureOf } from '../../../src/extract-load/declarative/failure.js'
import type { SourceStream, StreamToRead } from '../../../src/extract-load/declarative/source/declarative-source.js'

interface StreamDescriptor {
  readonly name: string
}

type Trace =
  | {
      readonly type: 'STREAM_STATUS'
      readonly stream_status: {
        readonly stream_descriptor: StreamDescriptor
        readonly status: string
        readonly reasons?: readonly { readonly type: string }[]
      }
    }
  | {
      readonly type: 'ERROR'
      readonly error: {
        readonly stream_descriptor?: StreamDescriptor
        readonly failure_type: FailureType
        readonly message: string
        readonly internal_message: string | null
      }
    }

/** A message of Airbyte's protocol, with what is used here of it. */
export type Message =
  | {
      readonly type: 'RECORD'
      readonly record: {
        readonly stream: string
        readonly data: Mapping
        readonly emitted_at: 0
        readonly file_reference?: { readonly source_file_relative_path: string; readonly file_size_bytes: number }
      }
    }
  | {
      readonly type: 'STATE'
      readonly state: {
        readonly type: 'STREAM'
        readonly stream: { readonly stream_descriptor: StreamDescriptor; readonly stream_state: Mapping }
        readonly sourceStats: { readonly recordCount: number }
      }
    }
  | { readonly type: 'TRACE'; readonly trace: Trace & { readonly emitted_at: 0 } }
  | { readonly type: 'LOG'; readonly log: { readonly level: string; readonly message: string } }
  | {
      readonly type: 'CONTROL'
      readonly control: {
        readonly type: 'CONNECTOR_CONFIG'
        readonly emitted_at: 0
        readonly connectorConfig: { readonly config: Mapping }
      }
    }
  | {
      readonly type: 'CONNECTION_STATUS'
      readonly connectionStatus: { readonly status: string; readonly message?: string | undefined }
    }
  | { readonly type: 'CATALOG'; readonly catalog: { readonly streams: readonly Mapping[] } }
  | {
      readonly type: 'SPEC'
      readonly spec: { readonly connectionSpecification: JsonSchema; readonly documentationUrl?: string | undefined }
    }

export function eventMessages(event: SourceEvent): Message[] {
  switch (event.type) {
    case 'records':
      return event.records.map((data, i) => {
        const file = event.files?.[i]
        const file_reference = file && {
          source_file_relative_path: file.sourceFileRelativePath,
          file_size_bytes: file.fileSizeBytes,
        }
        return {
          type: 'RECORD',
          record: { stream: event.stream, data, emitted_at: 0, ...(file_reference && { file_reference }) },
        }
      })
    case 'state':
      return [
        {
          type: 'STATE',
          state: {
            type: 'STREAM',
            stream: { stream_descriptor: { name: event.stream }, stream_state: event.state },
            sourceStats: { recordCount: event.recordCount },
          },
        },
      ]
    case 'status': {
      const reasons = event.rateLimited ? { reasons: [{ type: 'RATE_LIMITED' }] } : {}
      const stream_status = { stream_descriptor: { name: event.stream }, status: event.status, ...reasons }
      return [{ type: 'TRACE', trace: { type: 'STREAM_STATUS', emitted_at: 0, stream_status } }]
    }
    case 'log':
      return [{ type: 'LOG', log: { level: event.level.toUpperCase(), message: event.message } }]
    case 'control':
      return [
        {
          type: 'CONTROL',
          control: { type: 'CONNECTOR_CONFIG', emitted_at: 0, connectorConfig: { config: event.config } },
        },
      ]
    case 'error':
      return [errorMessage(event.failureType, event.message, event.internalMessage, event.stream)]
  }
}

const errorMessage = (failure_type: FailureType, message: string, internal?: string, stream?: string): Message => ({
  type: 'TRACE',
  trace: {
    type: 'ERROR',
    emitted_at: 0,
    error: {
      ...(stream === undefined ? {} : { stream_descriptor: { name: stream } }),
      failure_type,
      message,
      internal_message: internal ?? null,
    },
  },
})

/** What ended a command before it could say anything of a stream. */
export function failureMessage(error: unknown): Message {
  const { failureType, message, internalMessage } = failureOf(error)
  return errorMessage(failureType, message, internalMessage)
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export const catalogMessage = (streams: readonly SourceStream[]): Message => ({
  type: 'CATALOG',
  catalog: {
    streams: streams.map((stream) => ({
      name: stream.name,
      json_schema: stream.jsonSchema,
      supported_sync_modes: stream.supportedSyncModes,
      is_resumable: stream.isResumable,
      is_file_based: stream.isFileBased,
      ...(stream.defaultCursorField.length > 0 ? { source_defined_cursor: stream.sourceDefinedCursor } : {}),
      ...(stream.defaultCursorField.length === 0 ? {} : { default_cursor_field: stream.defaultCursorField }),
      ...(stream.sourceDefinedPrimaryKey.length === 0
        ? {}
        : { source_defined_primary_key: stream.sourceDefinedPrimaryKey }),
    })),
  },
})

interface ConfiguredCatalog {
  readonly streams: readonly {
    readonly stream: { readonly name: string; readonly json_schema?: JsonSchema }
    readonly sync_mode: 'full_refresh' | 'incremental'
    readonly cursor_field?: readonly string[]
    readonly primary_key?: readonly (readonly string[])[]
    readonly include_files?: boolean
  }[]
}

/** @param state as a platform gives it: a list of state messages */
export function configuredStreams(catalog: unknown, state: unknown): StreamToRead[] {
  const states = (state ?? []) as readonly {
    readonly stream?: { stream_descriptor: StreamDescriptor; stream_state?: Mapping }
  }[]
  return (catalog as ConfiguredCatalog).streams.map((configured) => ({
    stream: {
      name: configured.stream.name,
      syncMode: configured.sync_mode,
      cursorField: configured.cursor_field ?? [],
      primaryKey: configured.primary_key ?? [],
      includesFiles: configured.include_files,
    },
    jsonSchema: configured.stream.json_schema,
    state: states.find((message) => message.stream?.stream_descriptor.name === configured.stream.name)?.stream
      ?.stream_state,
  }))
}
