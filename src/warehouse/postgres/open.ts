import type { Client } from 'pg'
import type { Warehouse } from '../contract.js'
import { traced } from '../traced-warehouse.js'
import type { PostgresWarehouseOptions } from './connect.js'

/**
 * Connects to a PostgreSQL server. The driver is loaded here and not before: a command that asks no warehouse starts
 * without it.
 * @throws WAREHOUSE_UNREACHABLE, WAREHOUSE_REFUSED
 */
export async function openPostgres(options: PostgresWarehouseOptions): Promise<Warehouse> {
  const { openPostgresServer } = await import('./warehouse.js')
  return traced(await openPostgresServer(options))
}

/** A session of the driver's own, for what a warehouse does not offer. @throws WAREHOUSE_UNREACHABLE, WAREHOUSE_REFUSED, ABORTED */
export async function connectPostgres(options: PostgresWarehouseOptions, signal?: AbortSignal): Promise<Client> {
  const { connect } = await import('./connect.js')
  return connect(options, signal)
}

/** Ends a session of the server's, by another one. */
export async function endPostgresSession(options: PostgresWarehouseOptions, backendPid: number): Promise<void> {
  const { stopBackend } = await import('./connect.js')
  await stopBackend(options, backendPid, 'session')
}
