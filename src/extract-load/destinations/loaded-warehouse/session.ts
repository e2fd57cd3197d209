import { inTransaction } from '../../../warehouse/index.js'
import type { ConnectionStream } from '../../contract.js'
import { emptyRefusal } from '../../loading/merge/empty-table.js'
import { truncatedRows } from '../../loading/merge/replaced-rows.js'
import type { TableColumn } from '../../loading/rows/table-shape.js'
import { committedMeanwhile, dumpStates } from '../../loading/state/state-table.js'
import { cancellable } from '../cancellable.js'
import type { DestinationSession } from '../destination.js'
import type { DeferredWork, FollowUp } from './deferred-work.js'
import { existingRows } from './existing-rows.js'
import type { LoadConnections } from './load-connections.js'
import { type DeferredStatement, mergeDialect, relationOf, UnchangedRow } from './load-dialect.js'
import { publish } from './publish.js'
import { settleShadowColumns } from './shadow-columns.js'
import { stateChanges } from './stored-states.js'

export function openSession(
  connections: LoadConnections,
  connectionName: string,
  signal: AbortSignal | undefined,
): DestinationSession {
  const { dialect, warehouse } = connections
  const own = {
    ...connections,
    staging: cancellable(connections.staging, signal),
    tables: cancellable(connections.tables, signal),
  }
  let statements: DeferredStatement[] = []
  let followUps: FollowUp[] = []
  let cleanUps: FollowUp[] = []
  const deferred: DeferredWork = {
    add: (statement) => void statements.push(statement),
    afterCommit: (work) => void followUps.push(work),
    cleanUp: (work) => void cleanUps.push(work),
  }
  const finalOf = ({ schema, table }: ConnectionStream) => relationOf(dialect, schema, table)
  const found = async ({ schema, table }: ConnectionStream): Promise<TableColumn[]> => {
    const infos = await warehouse.columns({
      schema: dialect.storedName(schema),
      identifier: dialect.storedName(table),
    })
    return infos.map((info) => dialect.columnOf({ ...info, name: dialect.nameOf(info.name) }))
  }
  const columnsOf = async (stream: ConnectionStream) => {
    const columns = await found(stream)
    return (await settleShadowColumns(own, finalOf(stream), columns)) ? found(stream) : columns
  }
  return {
    keepsStaging: false,
    staging: connections.staging,
    tables: connections.staging,
    async transaction(work) {
      statements = []
      followUps = []
      cleanUps = []
      const done = await inTransaction(connections.staging, async () => {
        const before = await dumpStates(connections.staging, connectionName)
        const result = await work()
        const states = stateChanges(
          dialect,
          connectionName,
          before,
          await dumpStates(connections.staging, connectionName),
        )
        try {
          // The states first: of two syncs that meet, one learns it before it has written anything.
          if (states.length + statements.length > 0)
            await dialect.commit(connections.tables, [...states, ...statements], signal)
        } catch (error) {
          throw error instanceof UnchangedRow ? committedMeanwhile(connectionName, 'of this load') : error
        }
        return result
      }).catch(async (error: unknown) => {
        for (const { run } of cleanUps) await run().catch(() => {})
        throw error
      })
      for (const { run, onFailure } of [...cleanUps, ...followUps]) await run().catch(onFailure)
      return done
    },
    columns: columnsOf,
    async countRows(stream) {
      const { rows } = await connections.tables.query(`select count(*) as n from ${finalOf(stream)}`)
      return Number(rows[0]?.[0])
    },
    existing: (stream) => existingRows(own, stream, () => columnsOf(stream)),
    publish: (request, staged) => publish(own, request, staged, deferred),
    clearTruncated: async (request) => {
      for (const sql of truncatedRows(mergeDialect(dialect), request, finalOf(request.stream))) deferred.add({ sql })
    },
    async empty(request) {
      if (request.table.length === 0) return
      emptyRefusal(request)
      deferred.add({ sql: `delete from ${finalOf(request.stream)}` })
    },
    async close() {
      await connections.staging.close()
      await connections.tables.close()
    },
  }
}
