import pg from 'pg'
import type { AutomationStore } from '../../orchestrate/index.js'
import { metastoreErrors } from '../errors.js'

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: data that no column takes, and limits of the server. */
const refusedValue = /^(22|54)/

/**
 * A tick that asks for what the store can never keep is a failed one: it would be asked for again and again. Nothing that belongs to it is
 * written, its cursor neither.
 */
export const orFailed =
  (commitTick: AutomationStore['commitTick']): AutomationStore['commitTick'] =>
  async (tick, requests, also = {}) => {
    try {
      return await commitTick(tick, requests, also)
    } catch (cause) {
      if (!(cause instanceof pg.DatabaseError) || !refusedValue.test(cause.code ?? '')) throw cause
      const error = metastoreErrors.create('METASTORE_VALUE_REFUSED', {
        message: `What a tick of ${tick.automation} asks for cannot be kept: ${cause.message}.`,
        hint: 'Make what it answers smaller, or leave out what is no text: its cursor, tags, config and keys of partitions.',
        cause,
      })
      const { from, delivery, told, isHeld } = also
      const failed = {
        ...tick,
        status: 'failed',
        cursor: undefined,
        reason: error.message,
        error: error.toJSON(),
      } as const
      return commitTick(failed, [], { from, delivery, told, isHeld })
    }
  }
