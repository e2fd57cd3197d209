import { didYouMean, Semaphore } from '../../../base/index.js'
import { bigQueryPath } from '../../../warehouse/index.js'
import { extractLoadErrors } from '../../errors.js'
import type { ConnectorContext, StreamOrigin } from '../connector.js'
import type { BigQueryConfig } from './config.js'
import type { SourceSession } from './session.js'

export interface BigQueryTable {
  readonly dataset: string
  readonly name: string
  readonly columns: readonly BigQueryField[]
  readonly primaryKey: readonly string[]
}

/** A column as BigQuery's API has it: https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema */
export interface BigQueryField {
  readonly name: string
  readonly type: string
  readonly mode?: string
  readonly precision?: string
  readonly scale?: string
}

interface TableResource {
  readonly schema?: { readonly fields?: readonly BigQueryField[] }
  readonly tableConstraints?: { readonly primaryKey?: { readonly columns?: readonly string[] } }
}

/** Tables that are asked for their columns at once. */
const askedAtOnce = 4

/** With one dataset a stream is called as its table, with all of them `dataset.table`. */
export const streamName = ({ dataset_id: only }: BigQueryConfig, dataset: string, table: string): string =>
  only === undefined ? `${dataset}.${table}` : table

/** What `streamName` was made of. */
export function originOf({ dataset_id: only }: BigQueryConfig, stream: string): StreamOrigin | undefined {
  if (only !== undefined) return { namespace: only, name: stream }
  const [, namespace, name] = /^([^.]+)\.(.+)$/.exec(stream) ?? []
  return namespace === undefined || name === undefined ? undefined : { namespace, name }
}

async function listed({ config, warehouse }: SourceSession, signal: AbortSignal | undefined) {
  const schemas = config.dataset_id === undefined ? {} : { schemas: [config.dataset_id] }
  return warehouse.listRelations({ ...schemas, ...(signal && { signal }) })
}

/** What is in the dataset, or in all of them. It costs nothing: no query is run. */
export async function readTables(session: SourceSession, signal: AbortSignal | undefined): Promise<BigQueryTable[]> {
  const slots = new Semaphore(askedAtOnce)
  const found = (await listed(session, signal)).map(({ schema, identifier }) =>
    slots.run(() => readTable(session, schema, identifier, signal), signal),
  )
  return (await Promise.all(found)).filter((table) => table !== undefined)
}

/** Undefined for what is not there, or has no columns to read. */
async function readTable(
  { config, connection }: SourceSession,
  dataset: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<BigQueryTable | undefined> {
  const path = bigQueryPath('projects', config.project_id, 'datasets', dataset, 'tables', name)
  try {
    const table = await connection.ask?.<TableResource>({ path, signal })
    const columns = table?.schema?.fields ?? []
    return columns.length === 0
      ? undefined
      : { dataset, name, columns, primaryKey: table?.tableConstraints?.primaryKey?.columns ?? [] }
  } catch (error) {
    if ((error as { data?: { status?: unknown } }).data?.status === 404) return undefined
    throw error
  }
}

/** The table of a stream; what else there is, is asked only where it is missing. @throws STREAM_NOT_FOUND */
export async function tableOf(
  session: SourceSession,
  stream: string,
  { file, signal }: Pick<ConnectorContext, 'file' | 'signal'>,
): Promise<BigQueryTable> {
  const { config } = session
  const origin = originOf(config, stream)
  const found = origin && (await readTable(session, origin.namespace, origin.name, signal))
  if (found) return found
  const names = (await listed(session, signal)).map(({ schema, identifier }) => streamName(config, schema, identifier))
  throw extractLoadErrors.create('STREAM_NOT_FOUND', {
    message: `${config.dataset_id === undefined ? `The project \`${config.project_id}\`` : `The dataset \`${config.dataset_id}\``} has no table or view \`${stream}\`.`,
    at: { file },
    hint:
      didYouMean(stream, names) ??
      'Check the name, `dataset_id`, and the roles of the login; `millrace discover` lists what there is.',
  })
}
