import {
  type EngineRequest,
  queryReadOnly,
  type Warehouse,
  type WarehouseConnection,
} from '../../../warehouse/index.js'
import { transformErrors } from '../../errors.js'

const nothing = async () => {}

/** The warehouse with connections that cannot write: every statement is a transaction of its own that only reads. */
export function readingWarehouse(warehouse: Warehouse): Pick<Warehouse, 'connect'> {
  return {
    connect: async (options) => {
      const connection = await warehouse.connect(options)
      return {
        query: (sql, query) => queryReadOnly(connection, sql, query ?? {}),
        ...(connection.ask && { ask: (request) => askReading(connection, request) }),
        begin: nothing,
        commit: nothing,
        rollback: nothing,
        reset: () => connection.reset(),
        close: () => connection.close(),
      } satisfies WarehouseConnection
    },
  }
}

async function askReading<T>(connection: WarehouseConnection, request: EngineRequest): Promise<T> {
  if (request.method !== undefined && request.method !== 'GET')
    throw transformErrors.create('TRANSFORM_COMPILE', {
      message: 'This template changes something in the warehouse, and is only compiled now.',
      hint: 'Put `{% if execute %}` and a test of `flags.WHICH` around it.',
    })
  return (await connection.ask?.<T>(request)) as T
}

/** The warehouse under --no-introspect: what a template asks it is an error. */
export function unaskedWarehouse(warehouse: Warehouse): Warehouse {
  const refuse = async () => {
    throw transformErrors.create('TRANSFORM_COMPILE', {
      message: 'connection never acquired for thread: with --no-introspect the warehouse is asked nothing.',
      hint: 'This template needs an answer of the warehouse; leave the flag out.',
    })
  }
  return {
    type: warehouse.type,
    database: warehouse.database,
    capabilities: warehouse.capabilities,
    quoteIdentifier: (name) => warehouse.quoteIdentifier(name),
    quoteLiteral: (value) => warehouse.quoteLiteral(value),
    connect: async () => ({
      query: refuse,
      begin: nothing,
      commit: nothing,
      rollback: nothing,
      reset: nothing,
      close: nothing,
    }),
    listSchemas: refuse,
    listRelations: refuse,
    columns: refuse,
    close: () => warehouse.close(),
  }
}
