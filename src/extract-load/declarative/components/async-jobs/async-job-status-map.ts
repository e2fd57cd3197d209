import { z } from 'zod'
import type { Mapping } from '../../component-contract.js'
import { failure } from '../../failure.js'

const statuses = z.array(z.string())

/** What an API calls the states of its jobs. */
export const asyncJobStatusMapSchema = z.looseObject({
  type: z.literal('AsyncJobStatusMap').optional(),
  running: statuses,
  completed: statuses,
  failed: statuses,
  timeout: statuses,
  skipped: statuses.optional(),
})

export type JobStatus = 'running' | 'completed' | 'failed' | 'timeout' | 'skipped'

const known: readonly JobStatus[] = ['running', 'completed', 'failed', 'timeout', 'skipped']

/** @returns by what the API says */
export function jobStatuses(definition: Mapping): ReadonlyMap<string, JobStatus> {
  const byName = new Map<string, JobStatus>()
  for (const status of known)
    for (const name of (definition[status] as readonly string[] | undefined) ?? []) {
      const other = byName.get(name)
      if (other)
        throw failure('MANIFEST_INVALID', {
          message: `The job status ${JSON.stringify(name)} stands for \`${other}\` and for \`${status}\`.`,
          hint: 'Keep it in one of them in `status_mapping`.',
          failureType: 'system_error',
        })
      byName.set(name, status)
    }
  return byName
}
