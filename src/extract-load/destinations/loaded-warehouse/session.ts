import { inTransaction } from '../../../warehouse/index.js'
import type { ConnectionStream } from '../../contract.js'
import { emptyRefusal } from '../../loading/merge/empty-table.js'
import { truncatedRows } from '../../loading/merge/replaced-rows.js'
import type { TableColumn } from '../../loading/rows/table-shape.js'
import { committedMeanwhile, dumpStates } from '../../loading/state/state-table.js'
import { cancellable } from '../cancellable.js'
import type { DestinationSession } from '../destination.js'
import { settleAside } from './columns-aside.js'
import type { Ends, Later, Putting } from './ends.js'
import { heldRows } from './held-rows.js'
import { mergeDialect, type PutOff, relationOf, UnchangedRow } from './load-dialect.js'
import { publish } from './publish.js'
import { stateChanges } from './stored-states.js'

export function openSession(ends: Ends, connectionName: string, signal: AbortSignal | undefined): DestinationSession {
  const { dialect, warehouse } = ends
  const own = { ...ends, staging: cancellable(ends.staging, signal), tables: cancellable(ends.tables, signal) }
  let putOff: PutOff[] = []
  let later: Later[] = []
  let last: Later[] = []
  const putting: Putting = {
    putOff: (statement) => void putOff.push(statement),
    afterwards: (work) => void later.push(work),
    atLast: (work) => void last.push(work),
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
    return (await settleAside(own, finalOf(stream), columns)) ? found(stream) : columns
  }
  return {
    keepsStaging: false,
    staging: ends.staging,
    tables: ends.staging,
    async transaction(work) {
      putOff = []
      later = []
      last = []
      const done = await inTransaction(ends.staging, async () => {
        const before = await dumpStates(ends.staging, connectionName)
        const result = await work()
        const states = stateChanges(dialect, connectionName, before, await dumpStates(ends.staging, connectionName))
        try {
          // The states first: of two syncs that meet, one learns it before it has written anything.
          if (states.length + putOff.length > 0) await dialect.commit(ends.tables, [...states, ...putOff], signal)
        } catch (error) {
          throw error instanceof UnchangedRow ? committedMeanwhile(connectionName, 'of this load') : error
        }
        return result
      }).catch(async (error: unknown) => {
        for (const { run } of last) await run().catch(() => {})
        throw error
      })
      for (const { run, onFailure } of [...last, ...later]) await run().catch(onFailure)
      return done
    },
    columns: columnsOf,
    async countRows(stream) {
      const { rows } = await ends.tables.query(`select count(*) as n from ${finalOf(stream)}`)
      return Number(rows[0]?.[0])
    },
    held: (stream) => heldRows(own, stream, () => columnsOf(stream)),
    publish: (request, staged) => publish(own, request, staged, putting),
    clearTruncated: async (request) => {
      const statements = truncatedRows(mergeDialect(dialect), request, finalOf(request.stream))
      for (const sql of statements) putting.putOff({ sql })
    },
    async empty(request) {
      if (request.table.length === 0) return
      emptyRefusal(request)
      putting.putOff({ sql: `delete from ${finalOf(request.stream)}` })
    },
    async close() {
      await ends.staging.close()
      await ends.tables.close()
    },
  }
}
