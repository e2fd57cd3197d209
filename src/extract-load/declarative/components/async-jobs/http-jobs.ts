import { type Clock, isMapping } from '../../../../base/index.js'
import { str } from '../../../../jinja/index.js'
import type { HttpResponse, Mapping, RecordExtractor, Requester, StreamSlice } from '../../component-contract.js'
import { failure } from '../../failure.js'
import { emptySlice } from '../../state/interval-cursor.js'
import type { JobStatus } from './async-job-status-map.js'
import { Job } from './job.js'
import type { JobApi } from './job-orchestration.js'

export interface HttpJobs {
  readonly creation: Requester
  readonly polling: Requester
  readonly abort: Requester | undefined
  readonly delete: Requester | undefined
  readonly downloadTarget: Requester | undefined
  readonly statusExtractor: RecordExtractor
  readonly downloadTargetExtractor: RecordExtractor | undefined
  readonly statuses: ReadonlyMap<string, JobStatus>
  readonly timeoutMs: number
  readonly clock: Clock
}

/** Jobs of an API that is asked over HTTP. */
export const jobApi = (jobs: HttpJobs): JobApi => ({
  start: async (slice) => {
    const created = await jobs.creation.send({ slice })
    if (!created) throw noAnswer('start a job')
    return new Job({ slice, created, timeoutMs: jobs.timeoutMs, clock: jobs.clock })
  },
  poll: async (job) => {
    const response = await jobs.polling.send({ slice: createdSlice(job) })
    if (!response) throw noAnswer('ask how a job stands')
    const status = await statusIn(response, jobs)
    job.update(status)
    if (status === 'completed') job.completed = response
  },
  abort: async (job) => {
    if (job.created) await jobs.abort?.send({ slice: createdSlice(job) })
  },
})

export async function deleteJob(jobs: HttpJobs, job: Job): Promise<void> {
  await jobs.delete?.send({ slice: createdSlice(job) })
}

/** One slice for each result of a job: an API may make several files. */
export async function* resultSlices(jobs: HttpJobs, job: Job): AsyncGenerator<StreamSlice> {
  for await (const target of targetsOf(jobs, job))
    yield {
      ...job.slice,
      extraFields: {
        ...job.slice.extraFields,
        download_target: target,
        creation_response: templateResponse(job.created),
        polling_response: templateResponse(job.completed),
      },
    }
}

async function* targetsOf(jobs: HttpJobs, job: Job): AsyncGenerator<unknown> {
  if (!jobs.downloadTargetExtractor) {
    yield ''
    return
  }
  const polled = { polling_response: templateResponse(job.completed) }
  const response = jobs.downloadTarget
    ? await jobs.downloadTarget.send({ slice: { ...emptySlice, extraFields: polled } })
    : job.completed
  if (!response) throw noAnswer('ask where the result of a job is')
  for await (const targets of jobs.downloadTargetExtractor.extract(response)) yield* targets
}

async function statusIn(response: HttpResponse, jobs: HttpJobs): Promise<JobStatus> {
  let found: unknown = null
  for await (const [first] of jobs.statusExtractor.extract(response)) {
    found = first ?? null
    break
  }
  const status = jobs.statuses.get(str(found))
  if (status) return status
  throw failure('API_ANSWER_INVALID', {
    message: `A job has the status ${JSON.stringify(found)}, which is not in \`status_mapping\`.`,
    hint: 'Add it to `status_mapping` of the manifest.',
    failureType: 'system_error',
  })
}

const createdSlice = (job: Job): StreamSlice => ({
  ...job.slice,
  extraFields: { ...job.slice.extraFields, creation_response: templateResponse(job.created) },
})

/** What templates see of an answer: its body, with what else there is of it by names that the body does not have. */
function templateResponse(response: HttpResponse | undefined): Mapping {
  if (!response) return {}
  const body = response.json()
  if (!isMapping(body))
    throw failure('API_ANSWER_INVALID', {
      message: 'The answer about a job is no JSON object.',
      hint: 'Templates of the manifest can use it only if it is one.',
      failureType: 'system_error',
    })
  const { url, method } = response.request
  return { headers: Object.fromEntries(response.headers), request: { url, method }, ...body }
}

const noAnswer = (what: string): Error =>
  failure('API_ANSWER_INVALID', {
    message: `The API gave no answer that counts when it was to ${what}.`,
    hint: 'An error handler of the manifest ignores such answers; let it fail or retry instead.',
    failureType: 'system_error',
  })
