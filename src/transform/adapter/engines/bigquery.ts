import { defineFunction, iterate, str, truthy } from '../../../jinja/index.js'
import { type QueryResult, quoteBigQueryName as quoted } from '../../../warehouse/index.js'
import type { ManifestColumn } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { toPlain } from '../../python/values.js'
import type { Relation } from '../relation.js'
import { AdapterResponse } from '../response.js'
import { BigQueryColumn, bigQueryColumnApi, columnsOfQuery, translatedBigQueryType } from './bigquery-column.js'
import {
  bigQueryConstraints,
  renderBigQueryColumnConstraint,
  renderBigQueryModelConstraints,
} from './bigquery-constraints.js'
import { materializedViewChanges } from './bigquery-materialized-view.js'
import { nestedColumnsDict, renderNestedColumns } from './bigquery-nested.js'
import { commonOptions, materializedViewOptions, tableOptions, viewOptions } from './bigquery-options.js'
import { Partition } from './bigquery-partition.js'
import { readBigQueryOutput, shownBigQueryCredentials } from './bigquery-profile.js'
import { bigQueryMessage } from './bigquery-response.js'
import { seedMembers } from './bigquery-seed.js'
import { tableMembers } from './bigquery-tables.js'
import type { Engine, MembersOf } from './engine.js'

export const bigquery: Engine = {
  type: 'bigquery',
  version: '1.12.1',
  readOutput: readBigQueryOutput,
  shownCredentials: shownBigQueryCredentials,
  relations: {
    maxNameLength: null,
    namesSubqueries: false,
    renameable: new Set(['table']),
    replaceable: new Set(['table', 'view']),
    quoteIdentifier: quoted,
    partAliases: { project: 'database', dataset: 'schema' },
    informationSchema,
    eventTime: (column) => `cast(${column} as timestamp)`,
    materializedViewChanges,
  },
  incrementalStrategies: ['merge', 'insert_overwrite', 'microbatch'],
  microbatchKey: 'refused',
  seedNullIsText: true,
  dateFunction: 'CURRENT_TIMESTAMP()',
  constraints: bigQueryConstraints,
  beginsByItself: false,
  hasTransactions: false,
  foreignKeysNameDatabase: true,
  queryType: ({ type }) => type,
  queryColumns: columnsOfQuery,
  columnApi: bigQueryColumnApi,
  translateType: translatedBigQueryType,
  response: (result) => responseOf(result),
  errorHeader: 'Database Error',
  behaviorFlags: {
    bigquery_use_batch_source_freshness: false,
    bigquery_noop_alter_relation_comment: false,
    bigquery_reject_wildcard_metadata_source_freshness: false,
    bigquery_use_standard_sql_for_partitions: true,
  },
  members: (_, adapter) => ({ ...aboutModels(adapter), ...tableMembers(adapter), ...seedMembers(adapter) }),
}

/** Most views stand in a dataset; some are of the whole project in a region. */
function informationSchema({ parts: { database, schema } }: Relation, view: string | null): string {
  const isOfProject = view === null || ['SCHEMATA', 'SCHEMATA_OPTIONS'].includes(view.toUpperCase())
  const places = [database, isOfProject ? null : schema]
    .filter((part) => part !== null && part !== '')
    .map((part) => quoted(part as string))
  if (view === '__TABLES__') return [...places, view].join('.')
  return [...places, 'INFORMATION_SCHEMA', ...(view === null ? [] : [view])].join('.')
}

function responseOf(result: QueryResult): AdapterResponse {
  const { code, message, rows } = bigQueryMessage(result)
  return new AdapterResponse(message, code, rows, result.facts)
}

function aboutModels(adapter: MembersOf): Readonly<Record<string, unknown>> {
  const { connection } = adapter
  return {
    parse_partition_by: (raw: unknown) => Partition.parse(raw),
    get_common_options: (config: unknown, node: unknown, isTemporary: unknown = false) =>
      commonOptions(config, node, truthy(isTemporary)),
    get_table_options: (config: unknown, node: unknown, isTemporary: unknown = false) =>
      tableOptions(config, node, truthy(isTemporary)),
    get_view_options: (config: unknown, node: unknown) => viewOptions(config, node),
    get_materialized_view_options: (config: unknown, node: unknown) => materializedViewOptions(config, node),
    add_time_ingestion_partition_column: (partition: Partition, columns: unknown) => [
      ...iterate(columns),
      new BigQueryColumn('_PARTITIONTIME', partition.dataType),
    ],
    nest_column_data_types: (columns: unknown) => nestedColumnsDict(columns),
    render_raw_columns_constraints: defineFunction('render_raw_columns_constraints', ['raw_columns'], (raw: unknown) =>
      renderNestedColumns(toPlain(raw) as Record<string, ManifestColumn>, quoted),
    ),
    render_raw_model_constraints: defineFunction('render_raw_model_constraints', ['raw_constraints'], (raw: unknown) =>
      renderBigQueryModelConstraints((toPlain(raw) ?? []) as unknown[]),
    ),
    render_column_constraint: (constraint: unknown) => renderBigQueryColumnConstraint(toPlain(constraint)),
    get_columns_in_select_sql: async (sql: unknown) => {
      const { columns } = await connection.execute(str(sql), false, 0)
      return columns.map(({ name, type }) => new BigQueryColumn(name, type))
    },
    get_partitions_metadata: (table: Relation) => partitionsOf(adapter, table),
    build_catalog_relation: () => null,
    expand_target_column_types: () => '',
    validate_sql: async (sql: unknown) => {
      const found = await connection.beside.estimate?.(str(sql), { signal: connection.signal })
      return new AdapterResponse(
        `Ran dry run query for statement of type ${found?.statement ?? 'UNKNOWN'}`,
        'DRY RUN',
        null,
        {
          bytes_processed: found?.bytesProcessed ?? 0,
        },
      )
    },
    add_query: () => {
      throw transformErrors.create('TRANSFORM_UNSUPPORTED', {
        message: '`add_query` is not implemented for this adapter!',
        hint: 'Use run_query(), or a call statement block.',
      })
    },
    timestamp_add_sql: (to: unknown, number: unknown = 1, interval: unknown = 'hour') =>
      `timestamp_add(${str(to)}, interval ${str(number)} ${str(interval)})`,
    string_add_sql: (to: unknown, value: unknown, where: unknown = 'append') =>
      str(where) === 'prepend' ? `concat('${str(value)}', ${str(to)})` : `concat(${str(to)}, '${str(value)}')`,
  }
}

async function partitionsOf(adapter: MembersOf, table: Relation): Promise<unknown> {
  return adapter.runMacro('bigquery_partitions_of', table)
}
