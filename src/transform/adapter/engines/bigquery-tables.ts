import { defineFunction, iterate, PyDict, pairs, str } from '../../../jinja/index.js'
import { bigQueryPath, type EngineRequest } from '../../../warehouse/index.js'
import { transformErrors } from '../../errors.js'
import { Relation, type RelationKind } from '../relation.js'
import { AgateTable } from '../table.js'
import { BigQueryColumn, type Field } from './bigquery-column.js'
import { entryOf } from './bigquery-options.js'
import type { Partition } from './bigquery-partition.js'
import { type FieldAddition, withFields } from './bigquery-schema.js'
import type { MembersOf } from './engine.js'

/** What is read of a table: https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#Table */
interface Table {
  readonly type?: string
  readonly location?: string
  readonly schema?: { readonly fields?: readonly Field[] }
  readonly timePartitioning?: { readonly type: string; readonly field?: string }
  readonly rangePartitioning?: {
    readonly field: string
    readonly range: { readonly start: string; readonly end: string; readonly interval: string }
  }
  readonly clustering?: { readonly fields?: readonly string[] }
}
interface AccessEntry {
  readonly role?: string
  readonly view?: object
}

/** What dbt-bigquery does by BigQuery's API, beside SQL. */
export class BigQueryTables {
  readonly #adapter: MembersOf

  constructor(adapter: MembersOf) {
    this.#adapter = adapter
  }

  #ask<T>(request: EngineRequest): Promise<T> {
    const { connection } = this.#adapter
    const { ask } = connection.beside
    if (!ask)
      throw transformErrors.create('TRANSFORM_COMPILE', {
        message: 'This asks BigQuery beside SQL, which is not possible where only reading is allowed.',
      })
    const asking = () => ask.call(connection.beside, { ...request, signal: connection.signal }) as Promise<T>
    return request.method === undefined ? asking() : connection.writing(asking)
  }

  /** @returns undefined for what is not there */
  async #found<T>(request: EngineRequest): Promise<T | undefined> {
    try {
      return await this.#ask<T>(request)
    } catch (error) {
      if ((error as { data?: { status?: unknown } }).data?.status === 404) return undefined
      throw error
    }
  }

  #place(relation: Relation): { readonly project: string; readonly dataset: string; readonly table: string } {
    return {
      project: relation.database ?? this.#adapter.options.target.database,
      dataset: relation.schema ?? this.#adapter.options.target.schema,
      table: relation.identifier ?? '',
    }
  }
  /** @param below the dataset: `tables` and the name of one */
  #path(relation: Relation, ...below: readonly string[]): string {
    const { project, dataset } = this.#place(relation)
    return bigQueryPath('projects', project, 'datasets', dataset, ...below)
  }
  #tablePath(relation: Relation): string {
    return this.#path(relation, 'tables', this.#place(relation).table)
  }
  #reference(relation: Relation) {
    const { project, dataset, table } = this.#place(relation)
    return { projectId: project, datasetId: dataset, tableId: table }
  }

  table(relation: Relation): Promise<Table | undefined> {
    return this.#found<Table>({ path: this.#tablePath(relation) })
  }

  async columns(relation: Relation): Promise<BigQueryColumn[]> {
    const table = await this.table(relation)
    return (table?.schema?.fields ?? []).map((field) => BigQueryColumn.ofField(field))
  }

  async drop(relation: Relation): Promise<void> {
    const path =
      relation.type === 'function'
        ? this.#path(relation, 'routines', relation.identifier ?? '')
        : this.#tablePath(relation)
    await this.#found({ method: 'DELETE', path })
  }

  async dropDataset(relation: Relation): Promise<void> {
    await this.#found({ method: 'DELETE', path: this.#path(relation), query: { deleteContents: true } })
  }

  async hasDataset(relation: Relation): Promise<boolean> {
    return (await this.#found({ path: this.#path(relation, 'tables'), query: { maxResults: 1 } })) !== undefined
  }

  async location(relation: Relation): Promise<string> {
    const dataset = await this.#ask<{ location?: string }>({ path: this.#path(relation) })
    return dataset.location ?? 'US'
  }

  /** Rows of the relations of a dataset: database, name, schema, type. */
  async list(schema: Relation): Promise<AgateTable> {
    const { warehouse } = this.#adapter.options
    const { project, dataset } = this.#place(schema)
    const found = await warehouse.listRelations({ database: project, schemas: [dataset] })
    return new AgateTable(
      ['database', 'name', 'schema', 'type'],
      found.map(({ database, schema, identifier, type }) => [database, identifier, schema, type]),
    )
  }

  async listSchemas(database: string): Promise<AgateTable> {
    const names = await this.#adapter.options.warehouse.listSchemas({ database: database.replaceAll('`', '') })
    return new AgateTable(
      ['schema_name'],
      names.map((name) => [name]),
    )
  }

  /** By a copy job, which costs nothing. @throws TRANSFORM_COMPILE for a way of writing that is none */
  async copy(sources: readonly Relation[], destination: Relation, materialization: string): Promise<string> {
    const dispositions: Readonly<Record<string, string>> = { incremental: 'WRITE_APPEND', table: 'WRITE_TRUNCATE' }
    const writeDisposition = dispositions[materialization]
    if (!writeDisposition)
      throw transformErrors.create('TRANSFORM_COMPILE', {
        message: `\`copy_materialization\` is ${JSON.stringify(materialization)}, which is none.`,
        hint: 'Use table, which replaces what is there, or incremental, which adds to it.',
        data: { config: ['copy_materialization'] },
      })
    const copy = {
      sourceTables: sources.map((source) => this.#reference(source)),
      destinationTable: this.#reference(destination),
      createDisposition: 'CREATE_IF_NEEDED',
      writeDisposition,
    }
    await this.#ask({ method: 'POST', path: 'job', body: { copy } })
    return `COPY TABLE with materialization: ${materialization}`
  }

  async rename(from: Relation, to: Relation): Promise<void> {
    const table = await this.table(from)
    if (table?.type === 'VIEW' || from.type === 'view' || to.type === 'view')
      throw transformErrors.create('TRANSFORM_COMPILE', {
        message: 'Renaming of views is not currently supported in BigQuery',
        hint: `Drop ${from.render()}, and make it again under its new name.`,
      })
    await this.copy([from], to, 'table')
    await this.drop(from)
  }

  async describe(relation: Relation, description: string): Promise<void> {
    await this.#ask({ method: 'PATCH', path: this.#tablePath(relation), body: { description } })
  }

  /** Descriptions and policy tags, of fields too: `a.b`. */
  async describeColumns(relation: Relation, columns: unknown): Promise<void> {
    const wanted = new Map(pairs(columns).map(([name, column]) => [str(name), column]))
    if (wanted.size === 0) return
    const described = (field: Field, above: string): Field => {
      const name = above === '' ? field.name : `${above}.${field.name}`
      const column = wanted.get(name)
      const description = entryOf(column, 'description')
      const tags = entryOf(column, 'policy_tags')
      return {
        ...field,
        ...(column === undefined ? {} : { description: description === null ? '' : str(description) }),
        ...(column === undefined || field.type === 'RECORD'
          ? {}
          : { policyTags: { names: tags === null ? [] : iterate(tags).map(str) } }),
        ...(field.fields ? { fields: field.fields.map((one) => described(one, name)) } : {}),
      }
    }
    await this.changeFields(relation, (fields) => fields.map((field) => described(field, '')))
  }

  /** Columns and fields that a table has not yet. */
  async addFields(relation: Relation, additions: readonly FieldAddition[]): Promise<void> {
    await this.changeFields(relation, (fields) => withFields(fields, additions))
  }

  async changeFields(relation: Relation, change: (fields: readonly Field[]) => readonly Field[]): Promise<void> {
    const fields = (await this.table(relation))?.schema?.fields ?? []
    await this.#ask({ method: 'PATCH', path: this.#tablePath(relation), body: { schema: { fields: change(fields) } } })
  }

  /** Whether `create or replace` takes what is there away: not where it is partitioned or clustered otherwise. */
  async isReplaceable(relation: Relation | null, partition: Partition | null, clusters: unknown): Promise<boolean> {
    if (!relation) return true
    const table = await this.table(relation)
    if (!table) return true
    const wanted = clusters == null ? [] : typeof clusters === 'string' ? [clusters] : iterate(clusters).map(str)
    const present = table.clustering?.fields ?? []
    return isPartitionedAs(table, partition) && wanted.join('\0') === present.join('\0')
  }

  /** Lets a view read a dataset, whoever may read the view. */
  async authorize(view: Relation, kind: string, role: unknown, target: unknown): Promise<void> {
    const [project, dataset] = [entryOf(target, 'project'), entryOf(target, 'dataset')].map((part) => str(part))
    const path = bigQueryPath('projects', project as string, 'datasets', dataset as string)
    const { access = [] } = await this.#ask<{ access?: AccessEntry[] }>({ path })
    const entry = {
      ...(role == null ? {} : { role: str(role) }),
      [kind]: kind === 'view' ? this.#reference(view) : str(view),
    }
    if (access.some((one) => JSON.stringify(one.view) === JSON.stringify((entry as AccessEntry).view))) return
    await this.#ask({ method: 'PATCH', path, body: { access: [...access, entry] } })
  }
}

function isPartitionedAs({ timePartitioning, rangePartitioning }: Table, wanted: Partition | null): boolean {
  if (!timePartitioning && !rangePartitioning) return wanted === null
  if (!wanted) return false
  if (timePartitioning) {
    const field = timePartitioning.field?.toLowerCase()
    const isSame = field === wanted.field || (wanted.isByIngestion && field === undefined)
    return isSame && timePartitioning.type.toLowerCase() === wanted.granularity
  }
  const range = rangePartitioning?.range
  const same = (present: string | undefined, other: unknown) => present === str(other ?? '')
  return (
    rangePartitioning?.field.toLowerCase() === wanted.field &&
    same(range?.start, wanted.range?.start) &&
    same(range?.end, wanted.range?.end) &&
    same(range?.interval, wanted.range?.interval)
  )
}

const relationsOf = (value: unknown): Relation[] =>
  (value instanceof Relation ? [value] : iterate(value)).filter((one) => one instanceof Relation)

/** The members of `adapter` that these are. */
export function tableMembers(adapter: MembersOf): Readonly<Record<string, unknown>> {
  const tables = new BigQueryTables(adapter)
  const { target } = adapter.options
  const named = (database: unknown, schema: unknown, identifier: unknown, type: RelationKind = null) =>
    Relation.create(adapter.options.engine.relations, {
      database: database == null ? target.database : str(database),
      schema: str(schema),
      identifier: identifier == null ? null : str(identifier),
      type,
    })
  const quietly =
    (work: (...args: never[]) => Promise<unknown>) =>
    async (...args: unknown[]) => {
      await (work as (...args: unknown[]) => Promise<unknown>)(...args)
      return ''
    }
  return {
    delete_table: quietly((relation: Relation) => tables.drop(relation)),
    delete_dataset: quietly((relation: Relation) => tables.dropDataset(relation)),
    copy_and_delete_table: quietly((from: Relation, to: Relation) => tables.rename(from, to)),
    listed_relations: (schema: Relation) => tables.list(schema),
    listed_schemas: (database: unknown) => tables.listSchemas(str(database)),
    check_schema_exists: (database: unknown, schema: unknown) => tables.hasDataset(named(database, schema, null)),
    count_of_schemas: async (database: unknown, schema: unknown) =>
      new AgateTable(['count'], [[(await tables.hasDataset(named(database, schema, null))) ? 1 : 0]]),
    columns_of_table: (relation: Relation) => tables.columns(relation),
    get_dataset_location: (relation: Relation) => tables.location(relation),
    get_bq_table: async (relation: Relation) => {
      const table = await tables.table(relation)
      return table === undefined ? null : PyDict.from(Object.entries(table))
    },
    is_replaceable: (relation: Relation | null, partition: Partition | null, clusters: unknown) =>
      tables.isReplaceable(relation, partition, clusters),
    copy_table: defineFunction(
      'copy_table',
      ['source', 'destination', 'materialization'],
      (source: unknown, destination: unknown, materialization: unknown) =>
        tables.copy(relationsOf(source), destination as Relation, str(materialization)),
    ),
    update_columns: quietly((relation: Relation, columns: unknown) => tables.describeColumns(relation, columns)),
    update_table_description: quietly((database: unknown, schema: unknown, name: unknown, text: unknown) =>
      tables.describe(named(database, schema, name), str(text)),
    ),
    alter_table_add_columns: quietly((relation: Relation, columns: unknown) =>
      tables.addFields(relation, additionsOf(columns)),
    ),
    alter_table_add_remove_columns: quietly(async (relation: Relation, added: unknown, removed: unknown) => {
      const gone = columnsIn(removed).filter(({ name }) => !name.includes('.'))
      if (gone.length < columnsIn(removed).length)
        adapter.options.warn(
          'BigQuery cannot remove fields of a record: they stay. Use --full-refresh to be rid of them.',
        )
      if (gone.length > 0)
        await adapter.connection.execute(
          `alter table ${relation.render()} ${gone.map((column) => `drop column ${column.quoted}`).join(', ')}`,
          false,
        )
      if (columnsIn(added).length > 0) await tables.addFields(relation, additionsOf(added))
    }),
    sync_struct_columns: (how: unknown, source: Relation, goal: Relation, changes: PyDict) =>
      syncRecords(tables, str(how), source, goal, changes),
    grant_access_to: quietly((entity: Relation, kind: unknown, role: unknown, dataset: unknown) =>
      tables.authorize(entity, str(kind), role, dataset),
    ),
  }
}

const columnsIn = (value: unknown): BigQueryColumn[] =>
  value == null ? [] : iterate(value).filter((column) => column instanceof BigQueryColumn)

const additionsOf = (columns: unknown): FieldAddition[] =>
  columnsIn(columns).map((column) => ({ path: column.name.split('.'), field: fieldOf(column) }))

const fieldOf = ({ name, dtype, mode, fields }: BigQueryColumn): Field => ({
  name: name.split('.').at(-1) ?? name,
  type: dtype,
  mode: mode === 'REQUIRED' ? 'NULLABLE' : mode,
  ...(fields.length === 0 ? {} : { fields: fields.map(fieldOf) }),
})

/** Records that have got new fields are given them; what is dealt with is no change any more. */
async function syncRecords(
  tables: BigQueryTables,
  how: string,
  source: Relation,
  goal: Relation,
  changes: PyDict,
): Promise<PyDict> {
  if (!['append_new_columns', 'sync_all_columns'].includes(how)) return changes
  const incoming = new Map((await tables.columns(source)).map((column) => [column.name, column]))
  const grown = (await tables.columns(goal)).flatMap((present) => {
    const other = incoming.get(present.name)
    if (!other || other.fields.length === 0) return []
    const known = new Set(present.flatten().map(({ name }) => name))
    return other.flatten().some(({ name }) => !known.has(name)) ? [other] : []
  })
  if (grown.length === 0) return changes
  await tables.addFields(
    goal,
    grown.flatMap((column) => column.flatten().map((leaf) => ({ path: leaf.name.split('.'), field: fieldOf(leaf) }))),
  )
  const done = new Set(grown.map(({ name }) => name))
  const left = (key: string, nameOf: (one: unknown) => string) =>
    iterate(changes.get(key) ?? []).filter((one) => !done.has(nameOf(one).split('.')[0] as string))
  changes.set(
    'new_target_types',
    left('new_target_types', (one) => str(entryOf(one, 'column_name') ?? '')),
  )
  changes.set(
    'source_not_in_target',
    left('source_not_in_target', (one) => (one as BigQueryColumn).name),
  )
  return changes
}
