import { Semaphore, throwIfAborted } from '../../base/index.js'
import {
  type Cell,
  type ColumnInfo,
  type RelationInfo,
  type RelationName,
  type RelationType,
  type SchemaColumn,
  type Warehouse,
  type WarehouseConnection,
  type WrittenStatement,
  withConnection,
} from '../contract.js'
import { bigQueryCapabilities } from './capabilities.js'
import { kindOf, typeName } from './cells.js'
import { bigQueryClient } from './client.js'
import { BigQueryConnection } from './connection.js'
import { connectError, failureOf, isAboutLogin, isNetwork, queryError } from './errors.js'
import { BigQueryJobs } from './jobs.js'
import { bigQueryLiteral, quoteBigQueryName } from './literals.js'
import type { BigQueryWarehouseOptions } from './options.js'
import { bigQueryPath } from './paths.js'
import type { TableResource } from './rest.js'
import { bigQueryStatements } from './statements.js'
import { RowWriter } from './storage-write/row-writer.js'

/** Datasets that are asked for their tables at once. */
const listingsAtOnce = 4

/** @throws WAREHOUSE_DRIVER_MISSING, WAREHOUSE_UNREACHABLE, WAREHOUSE_REFUSED */
export async function openBigQueryProject(options: BigQueryWarehouseOptions): Promise<Warehouse> {
  const place = options.apiEndpoint ?? 'bigquery.googleapis.com'
  try {
    const { client, authClient } = await bigQueryClient(options)
    const project = options.project ?? (await client.getProjectId())
    const jobs = new BigQueryJobs(client, options, project)
    await checkLogin(jobs)
    return new BigQueryWarehouse(jobs, project, new RowWriter(options, authClient))
  } catch (error) {
    if ((error as { kind?: unknown }).kind) throw error
    throw connectError(failureOf(error), place)
  }
}

/** Whether the login may run jobs; it costs nothing. */
async function checkLogin(jobs: BigQueryJobs): Promise<void> {
  const configuration = { dryRun: true, query: { query: 'select 1', useLegacySql: false } }
  await jobs.request({
    method: 'POST',
    path: '/jobs',
    body: { jobReference: { location: jobs.options.location }, configuration },
    retries: 1,
  })
}

class BigQueryWarehouse implements Warehouse {
  readonly type = 'bigquery'
  readonly database: string
  readonly capabilities = bigQueryCapabilities
  readonly #jobs: BigQueryJobs
  readonly #writer: RowWriter

  constructor(jobs: BigQueryJobs, project: string, writer: RowWriter) {
    this.#jobs = jobs
    this.#writer = writer
    this.database = project
  }

  async connect(): Promise<WarehouseConnection> {
    return new BigQueryConnection(this.#jobs, this.#writer)
  }

  quoteIdentifier(name: string): string {
    return quoteBigQueryName(name)
  }

  quoteLiteral(value: Cell): string {
    return bigQueryLiteral(value)
  }

  async listSchemas({
    database = this.database,
    signal,
  }: {
    database?: string
    signal?: AbortSignal
  } = {}): Promise<string[]> {
    const names: string[] = []
    await this.#asking(async () => {
      const pages = this.#jobs.pages<DatasetList>({
        path: bigQueryPath('projects', database, 'datasets'),
        query: { maxResults: 1000 },
        signal,
      })
      for await (const { datasets = [] } of pages)
        names.push(...datasets.map(({ datasetReference }) => datasetReference.datasetId))
    }, signal)
    return names.sort()
  }

  async listRelations({
    database = this.database,
    schemas,
    signal,
  }: {
    database?: string
    schemas?: readonly string[]
    signal?: AbortSignal
  }): Promise<RelationInfo[]> {
    const names = schemas ?? (await this.listSchemas({ database, ...(signal && { signal }) }))
    const slots = new Semaphore(listingsAtOnce)
    const lists = names.map((schema) => slots.run(() => this.#tablesOf(database, schema, signal), signal))
    const found = (await Promise.all(lists)).flat()
    return found.sort((a, b) => compare(a.schema, b.schema) || compare(a.identifier, b.identifier))
  }

  async columns(
    { database = this.database, schema, identifier }: RelationName,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<ColumnInfo[]> {
    const path = bigQueryPath('projects', database, 'datasets', schema, 'tables', identifier)
    const table = await this.#asking(() => this.#jobs.request<TableResource>({ path, signal }), signal)
    return (table?.schema?.fields ?? []).map((field, i) => ({
      name: field.name,
      type: typeName(field),
      kind: kindOf(field),
      isNullable: field.mode !== 'REQUIRED',
      position: i + 1,
      comment: field.description || undefined,
    }))
  }

  statementsOf(sql: string): WrittenStatement[] {
    return bigQueryStatements(sql)
  }

  /** Each dataset has an information schema of its own. */
  async columnsOfSchemas({
    schemas,
    signal,
  }: {
    schemas: readonly string[]
    signal?: AbortSignal | undefined
  }): Promise<SchemaColumn[]> {
    const there = new Set(await this.listSchemas(signal ? { signal } : {}))
    const asked = [...new Set(schemas)].filter((schema) => there.has(schema))
    if (asked.length === 0) return []
    const parts = asked.map(
      (schema) =>
        `select table_catalog, table_schema, table_name, column_name, data_type, is_nullable, ordinal_position from ${quoteBigQueryName(this.database)}.${quoteBigQueryName(schema)}.INFORMATION_SCHEMA.COLUMNS`,
    )
    const sql = `${parts.join('\nunion all\n')}\norder by 1, 2, 3, 7`
    const { rows } = await withConnection(this, (connection) => connection.query(sql, { signal }))
    return rows.map(([database, schema, relation, name, type, isNullable]) => ({
      database: String(database),
      schema: String(schema),
      relation: String(relation),
      name: String(name),
      type: String(type),
      isNullable: isNullable !== 'NO',
    }))
  }

  close(): Promise<void> {
    return this.#writer.close()
  }

  async #tablesOf(database: string, schema: string, signal: AbortSignal | undefined): Promise<RelationInfo[]> {
    const tables: TableResource[] = []
    await this.#asking(async () => {
      const path = bigQueryPath('projects', database, 'datasets', schema, 'tables')
      for await (const page of this.#jobs.pages<TableList>({ path, query: { maxResults: 1000 }, signal }))
        tables.push(...(page.tables ?? []))
    }, signal)
    return tables.map(({ tableReference, type }) => ({
      database,
      schema,
      identifier: tableReference.tableId,
      type: relationTypes[type ?? ''] ?? 'table',
    }))
  }

  /** What is not there has nothing in it. @throws ABORTED */
  async #asking<T>(ask: () => Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
    try {
      return await ask()
    } catch (error) {
      throwIfAborted(signal)
      const failure = failureOf(error)
      if (failure.status === 404) return undefined
      if (isNetwork(failure) || isAboutLogin(failure)) throw connectError(failure, this.#jobs.place)
      throw queryError(failure, { sql: 'the catalogue', place: this.#jobs.place })
    }
  }
}

interface DatasetList {
  readonly nextPageToken?: string
  readonly datasets?: readonly { readonly datasetReference: { readonly datasetId: string } }[]
}
interface TableList {
  readonly nextPageToken?: string
  readonly tables?: readonly TableResource[]
}

/** By code points, as servers sort. */
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** `tables.type` of the REST API. */
const relationTypes: Readonly<Record<string, RelationType>> = {
  TABLE: 'table',
  SNAPSHOT: 'table',
  VIEW: 'view',
  MATERIALIZED_VIEW: 'materialized_view',
  EXTERNAL: 'external',
}
