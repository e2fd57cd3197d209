import { MillraceError } from '../../../base/index.js'
import { bigQueryPath, quoteBigQueryName } from '../../../warehouse/index.js'
import type { DiscoveredStream, StreamSample } from '../../contract.js'
import { discoveredTable, shownRows } from '../../table-source/discovered-table.js'
import type { ConnectorContext, DiscoverOptions } from '../connector.js'
import { type BigQueryTable, readTables, streamName } from './catalogue.js'
import { type BigQueryReadColumn, readColumn } from './columns.js'
import { type SourceSession, withSession } from './session.js'

/** Every table and view, with types, keys and first rows. */
export function discoverBigQuery(
  context: ConnectorContext,
  { isBrief = false }: DiscoverOptions = {},
): Promise<DiscoveredStream[]> {
  return withSession(context, async (session) => {
    const streams: DiscoveredStream[] = []
    for (const table of await readTables(session, context.signal)) {
      const columns = table.columns.map(readColumn)
      streams.push(
        discoveredTable({
          name: streamName(session.config, table.dataset, table.name),
          namespace: table.dataset,
          columns,
          primaryKey: table.primaryKey,
          sample: isBrief ? undefined : await firstRows(session, table, columns, context.signal),
        }),
      )
    }
    return streams
  })
}

interface RowList {
  readonly rows?: readonly { readonly f: readonly { readonly v: unknown }[] }[]
}

/**
 * A query with a limit would be billed the whole table: the rows come from the table itself, as the API prints them. Undefined where it
 * cannot tell them: of views.
 */
async function firstRows(
  { config, connection }: SourceSession,
  { dataset, name }: BigQueryTable,
  columns: readonly BigQueryReadColumn[],
  signal: AbortSignal | undefined,
): Promise<StreamSample | undefined> {
  const path = bigQueryPath('projects', config.project_id, 'datasets', dataset, 'tables', name, 'data')
  try {
    const { rows = [] } = (await connection.ask?.<RowList>({ path, query: { maxResults: shownRows }, signal })) ?? {}
    return {
      columns: columns.map((column) => column.name),
      rows: rows.map(({ f }) => f.map(({ v }) => (v === null || typeof v === 'string' ? v : JSON.stringify(v)))),
    }
  } catch (error) {
    if (error instanceof MillraceError && error.code === 'WAREHOUSE_SQL') return undefined
    throw error
  }
}

/** `project`.`dataset`.`table` */
export const relationOf = (project: string, dataset: string, table: string): string =>
  [project, dataset, table].map(quoteBigQueryName).join('.')
