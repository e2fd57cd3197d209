import type { RelationName, WarehouseConnection, WriteRowsOptions } from '../../contract.js'
import { warehouseErrors } from '../../errors.js'
import type { BigQueryWarehouseOptions } from '../options.js'
import { appendRows, piecesOf } from './append-rows.js'
import { CallFailed, status, type WritePlace, writeError } from './errors.js'
import { rowTypeOf } from './row-type.js'
import { type Trying, trying } from './trying.js'
import { type CommitAnswer, openWriteClient, type WriteClient } from './write-client.js'

type Rows = Parameters<NonNullable<WarehouseConnection['writeRows']>>[1]
type Table = RelationName & { readonly database: string }

/** The Storage Write API of one login; its driver is loaded when the first rows come. */
export class RowWriter {
  readonly #options: BigQueryWarehouseOptions
  readonly #authClient: unknown
  readonly #answerTimeoutMs: number | undefined
  #client: Promise<WriteClient> | undefined

  /** @param answerTimeoutMs see WriteClientOptions */
  constructor(options: BigQueryWarehouseOptions, authClient: unknown, answerTimeoutMs?: number) {
    this.#options = options
    this.#authClient = authClient
    this.#answerTimeoutMs = answerTimeoutMs
  }

  /** See `writeRows` of the contract. */
  async write(table: Table, rows: Rows, options: WriteRowsOptions): Promise<number> {
    const { storageApiEndpoint: server = 'bigquerystorage.googleapis.com', retryDeadlineMs } = this.#options
    return writeRows(() => this.#opened(), table, rows, { ...options, server, retryDeadlineMs })
  }

  #opened(): Promise<WriteClient> {
    const { storageApiEndpoint: endpoint, quotaProject } = this.#options
    this.#client ??= openWriteClient({
      endpoint,
      quotaProject,
      authClient: this.#authClient,
      answerTimeoutMs: this.#answerTimeoutMs,
    }).catch((error) => {
      this.#client = undefined
      throw error
    })
    return this.#client
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined)
    await client?.close()
  }
}

/** google.cloud.bigquery.storage.v1.StorageError.StorageErrorCode */
const alreadyCommitted = ['STREAM_ALREADY_COMMITTED', 2]

interface Asked extends WriteRowsOptions, Pick<Trying, 'retryDeadlineMs'> {
  /** As errors name it. */
  readonly server: string
}

/**
 * Rows become rows of a table by a pending stream: nobody sees them until all are there and the stream is committed. One that is not committed is given up
 * by BigQuery itself.
 * https://cloud.google.com/bigquery/docs/write-api-batch
 */
async function writeRows(
  open: () => Promise<WriteClient>,
  { database, schema, identifier }: Table,
  rows: Rows,
  { columns, signal, server, retryDeadlineMs }: Asked,
): Promise<number> {
  const place: WritePlace = { place: server, table: `${schema}.${identifier}` }
  const parent = `projects/${database}/datasets/${schema}/tables/${identifier}`
  const rowType = rowTypeOf(columns)
  const pieces = piecesOf({ rows, rowType, place, signal })
  const patience = { signal, retryDeadlineMs }
  try {
    const { value: first } = await pieces.next()
    if (!first) return 0
    const client = await open()
    const stream = await trying(patience, () => client.createStream(parent, signal))
    const names = columns.map(({ name }) => name)
    const sent = await appendRows(client, { stream, rowType, first, pieces, place, columns: names, ...patience })
    const kept = await trying(patience, () => client.finalize(stream, signal))
    if (kept !== sent)
      throw warehouseErrors.create('WAREHOUSE_CONNECTION_LOST', {
        message: `The Storage Write API at ${server} has ${kept} rows for ${place.table}, of ${sent} that were sent.`,
        hint: 'Nothing of this load is there: run again.',
        data: { table: place.table },
      })
    await trying(patience, async () => checkCommitted(await client.commit(parent, stream, signal)))
    return sent
  } catch (error) {
    throw error instanceof CallFailed ? writeError(error, place) : error
  } finally {
    await pieces.return(undefined)
  }
}

/** @throws CallFailed */
function checkCommitted({ commitTime, streamErrors }: CommitAnswer): void {
  const [refused] = streamErrors ?? []
  if (!refused && commitTime) return
  // It was asked for before, and the answer got lost.
  if (refused && alreadyCommitted.includes(refused.code as string)) return
  const details = refused?.errorMessage ?? 'The stream was not committed, and nobody says why.'
  throw new CallFailed({ code: status.failedPrecondition, details })
}
