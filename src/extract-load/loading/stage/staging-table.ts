import { randomUUID } from 'node:crypto'
import type { RelationName, WarehouseConnection } from '../../../warehouse/index.js'
import type { Batch, RemoteFileBatch } from '../../connectors/connector.js'
import { unionOf } from '../../fields/field-changes.js'
import type { OfferedField } from '../../fields/offered-field.js'
import type { DeclaredColumn } from '../../protocol/declared-types.js'
import { type LoadRequest, quoteRelation } from '../request/load-request.js'
import type { TableColumn } from '../rows/table-shape.js'
import { stageColumns } from './stage-columns.js'
import { stageFile } from './stage-file.js'
import { createStagedTable, stagedColumns, stageRecords } from './stage-records.js'
import { type Staged, type Staging, temporaryName, temporaryRelation } from './staged.js'

type LocalBatch = Exclude<Batch, RemoteFileBatch>

const prefixOf = (table: string) => `_airbyte_tmp_${table}_`

interface StagingOptions {
  /** Of one that a sync before this one left. */
  readonly identifier?: string | undefined
  readonly isTemporary?: boolean | undefined
}

/** Where the rows of a reading are brought together before anything of them is seen. */
export class StagingTable implements Staging {
  readonly #connection: WarehouseConnection
  readonly #request: LoadRequest
  /** Lies in the target schema, so that it becomes the final table by a mere rename; a temporary one is never to be that. */
  readonly name: RelationName
  /** The name as SQL has it. */
  readonly relation: string
  readonly isTemporary: boolean
  /** Undefined until the first batch was read. */
  columns: readonly TableColumn[] | undefined
  /** What the batches offered, where only reading them told. */
  offered: readonly OfferedField[] = []
  rows = 0
  rejected = 0
  bytes = 0

  constructor(
    connection: WarehouseConnection,
    request: LoadRequest,
    { identifier, isTemporary = false }: StagingOptions = {},
  ) {
    const { warehouse, stream } = request
    this.#connection = connection
    this.#request = request
    const name = identifier ?? newName(request)
    this.isTemporary = isTemporary
    this.name = isTemporary ? temporaryName(name) : { schema: stream.schema, identifier: name }
    this.relation = isTemporary ? temporaryRelation(name) : quoteRelation(warehouse, stream.schema, name)
  }

  /** Reads one batch into the table, which grows by the columns that the batch brings. */
  async add(batch: Batch): Promise<void> {
    if (batch.representation !== 'remote_file') return this.#add(batch)
    const fetched = await batch.fetch()
    try {
      await this.#add(fetched.batch)
    } finally {
      await fetched.release()
    }
  }

  async #add(batch: LocalBatch): Promise<void> {
    const staged = await this.#stage(batch)
    this.columns = staged.columns ?? this.columns
    this.offered = unionOf(this.offered, staged.offered ?? [])
    this.rows += staged.rows
    this.rejected += staged.rejected
    this.bytes += batch.sizeBytes
    this.#request.onProgress({ rows: this.rows, bytes: this.bytes, fraction: 1 })
  }

  #stage(batch: LocalBatch): Promise<Staged> {
    switch (batch.representation) {
      case 'file':
        return stageFile(this.#connection, this.#request, this, batch)
      case 'columns':
        return stageColumns(this.#connection, this.#request, this, batch)
      case 'records':
        return stageRecords(this.#connection, this.#request, this, batch)
    }
  }

  /** Makes the table without a row, for records of these columns. */
  async createFor(declared: readonly DeclaredColumn[]): Promise<void> {
    await createStagedTable(this.#connection, this.relation, declared)
    this.columns = stagedColumns(declared)
  }

  async drop(): Promise<void> {
    await this.#connection.query(`drop table if exists ${this.relation}`).catch(() => {})
  }
}

const newName = ({ stream }: LoadRequest) => `${prefixOf(stream.table)}${randomUUID().slice(0, 8)}`

/** What a killed sync of this stream left behind. @param kept the name of one that is still needed */
export async function dropLeftovers(
  connection: WarehouseConnection,
  { warehouse, stream }: LoadRequest,
  kept?: string,
): Promise<void> {
  const prefix = prefixOf(stream.table)
  const relations = await warehouse.listRelations({ schemas: [stream.schema] })
  // Not by the prefix alone: the one of `orders` begins that of `orders_old`, which may be loading right now.
  for (const { identifier } of relations)
    if (identifier !== kept && identifier.startsWith(prefix) && /^[0-9a-f]{8}$/.test(identifier.slice(prefix.length)))
      await connection.query(`drop table ${quoteRelation(warehouse, stream.schema, identifier)}`)
}
