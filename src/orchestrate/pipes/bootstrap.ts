import { deflateSync } from 'node:zlib'

/** What a program is told of what it is to make, in the words of the protocol. */
export interface PipesContext {
  readonly asset_keys: readonly string[] | null
  readonly code_version_by_asset_key: Readonly<Record<string, string | null>> | null
  readonly provenance_by_asset_key: Readonly<Record<string, null>> | null
  readonly partition_key: string | null
  readonly partition_key_range: { readonly start: string; readonly end: string } | null
  readonly partition_time_window: { readonly start: string; readonly end: string } | null
  readonly run_id: string
  readonly job_name: string | null
  readonly retry_number: number
  readonly extras: Readonly<Record<string, unknown>>
}

/** JSON, compressed, as text. */
const encoded = (value: unknown): string => deflateSync(JSON.stringify(value)).toString('base64')

/** Where a program finds its context, and where it writes what it has to say. https://docs.dagster.io/guides/build/external-pipelines */
export const pipesVariables = (contextFile: string, messagesFile: string): Readonly<Record<string, string>> => ({
  DAGSTER_PIPES_CONTEXT: encoded({ path: contextFile }),
  DAGSTER_PIPES_MESSAGES: encoded({ path: messagesFile }),
})
