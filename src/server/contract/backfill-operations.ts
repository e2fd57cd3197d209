import {
  backfillRequestSchema,
  backfillResponseSchema,
  backfillRetrySchema,
  backfillSchema,
  backfillsSchema,
} from './backfills.js'
import type { Operation } from './operation.js'

/** Backfills. */
export const backfillOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/backfills',
    role: 'viewer',
    group: 'Runs',
    summary: 'Backfills, newest first',
    query: { asset: 'Backfills whose runs make this asset', limit: 'How many, at most 500' },
    response: backfillsSchema,
  },
  {
    method: 'get',
    path: '/backfills/{id}',
    role: 'viewer',
    group: 'Runs',
    summary: 'One backfill and how its runs stand',
    response: backfillSchema,
  },
  {
    method: 'post',
    path: '/backfills',
    role: 'editor',
    group: 'Runs',
    summary: 'Makes partitions in as many runs as they take; with dryRun only says what it would do',
    request: backfillRequestSchema,
    response: backfillResponseSchema,
  },
  {
    method: 'post',
    path: '/backfills/{id}/cancel',
    role: 'editor',
    group: 'Runs',
    summary: 'Requests no more of its runs, and asks those that go on to stop',
    response: backfillSchema,
  },
  {
    method: 'post',
    path: '/backfills/{id}/retry',
    role: 'editor',
    group: 'Runs',
    summary: 'Starts another backfill with what one that ended did not make; with dryRun only says what it would do',
    request: backfillRetrySchema,
    response: backfillResponseSchema,
  },
]
