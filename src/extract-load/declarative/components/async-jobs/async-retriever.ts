import { z } from 'zod'
import { type BuildScope, defineComponent, part, type RetrieverGiven } from '../../component.js'
import { failure } from '../../failure.js'
import { noCursor } from '../cursors/no-cursor.js'
import { asyncJobStatusMapSchema, jobStatuses } from './async-job-status-map.js'
import { deleteJob, type HttpJobs, jobApi, resultSlices } from './http-jobs.js'
import type { Job } from './job.js'
import { JobBudget, jobBudget } from './job-budget.js'
import { readyJobs } from './job-orchestration.js'

const minutes = z.union([z.int(), z.string()])

export const asyncRetrieverSchema = z.looseObject({
  type: z.literal('AsyncRetriever'),
  record_selector: part('record_selector'),
  status_mapping: asyncJobStatusMapSchema,
  status_extractor: part('record_extractor'),
  creation_requester: part('requester'),
  polling_requester: part('requester'),
  download_requester: part('requester'),
  download_target_requester: part('requester').optional(),
  abort_requester: part('requester').optional(),
  delete_requester: part('requester').optional(),
  download_target_extractor: part('record_extractor').optional(),
  download_extractor: part('record_extractor').optional(),
  download_paginator: part('paginator').optional(),
  polling_job_timeout: minutes.optional(),
  failed_retry_wait_time_in_seconds: minutes.optional(),
  partition_router: z.union([part('partition_router'), z.array(part('partition_router'))]).optional(),
  decoder: part('decoder').optional(),
  download_decoder: part('decoder').optional(),
})

type Definition = z.infer<typeof asyncRetrieverSchema>

const defaultTries = 3

/** Has an API make the records of a slice, waits for them, and fetches them. */
export const asyncRetriever = defineComponent({
  type: 'AsyncRetriever',
  kind: 'retriever',
  schema: asyncRetrieverSchema,
  build: (definition, scope, given) => {
    const { clock, limits, say, signal } = scope.services
    const decoder = scope.build('decoder', definition.decoder ?? { type: 'JsonDecoder' })
    const selector = scope.build('record_selector', definition.record_selector, {
      decoder,
      transformations: given.transformations,
      schema: given.schema,
    })
    const jobs = httpJobs(definition, scope, given.name)
    const usedLater = given.isAuxiliary ? [undefined] : [given.cursor.uses, ...selector.uses]
    const download = downloadRetriever(definition, scope, given.name, usedLater)
    const retryWait = seconds(definition.failed_retry_wait_time_in_seconds, scope)
    const api = jobApi(jobs)
    // A parent has one of its own, as with the CDK: a stream that waits for its slices holds jobs that it must not wait for.
    const budget = given.isAuxiliary ? new JobBudget(1) : jobBudget(scope.shared)
    const warn = (message: string) => void say({ type: 'log', level: 'warn', message: `${given.name}: ${message}` })
    return {
      async *slices() {
        const ready = readyJobs({
          api,
          slices: given.cursor.slices(),
          budget,
          mostTries: limits ? 1 : defaultTries,
          retryWaitMs: retryWait === undefined ? undefined : retryWait * 1000,
          clock,
          signal,
          warn,
        })
        for await (const job of ready) yield { ...job.slice, extraFields: { jobs: [job] } }
      },
      async *readSlice(slice) {
        for (const job of (slice.extraFields.jobs as readonly Job[] | undefined) ?? []) {
          for await (const result of resultSlices(jobs, job))
            for await (const records of download.readSlice(result)) yield* selector.refine(records, { slice })
          await deleteJob(jobs, job)
        }
      },
    }
  },
})

function httpJobs(definition: Definition, scope: BuildScope, name: string): HttpJobs {
  if (definition.download_target_requester && !definition.download_target_extractor)
    throw failure('MANIFEST_INVALID', {
      message: `The stream \`${name}\` has a \`download_target_requester\`, and no \`download_target_extractor\`.`,
      hint: 'Say with `download_target_extractor` where its answer has the addresses.',
      failureType: 'system_error',
    })
  // An answer about a job is read as a whole by whatever decoder: its status, the addresses in it and templates come from the same body.
  const decoder = { ...scope.build('decoder', definition.decoder ?? { type: 'JsonDecoder' }), isStreamed: false }
  const requester = (what: string, of: Definition['creation_requester']) =>
    scope.build('requester', of, { name: `job ${what} - ${name}`, decoder, isAuxiliary: true })
  const optional = (what: string, of: Definition['abort_requester']) => (of ? requester(what, of) : undefined)
  const targets = definition.download_target_extractor
  const wantsLess = scope.services.limits !== undefined
  return {
    creation: requester('creation', definition.creation_requester),
    polling: requester('polling', definition.polling_requester),
    abort: optional('abort', definition.abort_requester),
    delete: optional('delete', definition.delete_requester),
    downloadTarget: optional('extract_url', definition.download_target_requester),
    statusExtractor: scope.build('record_extractor', definition.status_extractor, { decoder }),
    downloadTargetExtractor: targets ? scope.build('record_extractor', targets, { decoder }) : undefined,
    statuses: jobStatuses(definition.status_mapping),
    timeoutMs: (whole(definition.polling_job_timeout, scope) || (wantsLess ? 15 : 60)) * 60_000,
    clock: scope.services.clock,
  }
}

/** Results are read like pages; what is said of records is done after them. */
function downloadRetriever(
  definition: Definition,
  scope: BuildScope,
  name: string,
  usedLater: RetrieverGiven['usedLater'],
) {
  return scope.build(
    'retriever',
    {
      type: 'SimpleRetriever',
      requester: definition.download_requester,
      record_selector: {
        type: 'RecordSelector',
        extractor: definition.download_extractor ?? { type: 'DpathExtractor', field_path: [] },
      },
      ...(definition.download_paginator ? { paginator: definition.download_paginator } : {}),
      ...(definition.download_decoder ? { decoder: definition.download_decoder } : {}),
    },
    {
      name: `job download - ${name}`,
      primaryKey: [],
      cursor: noCursor(undefined, () => scope.services.clock.now()),
      transformations: [],
      isDataFeed: false,
      isAuxiliary: false,
      usedLater,
    },
  )
}

const seconds = (value: number | string | undefined, scope: BuildScope): number | undefined => {
  const found = whole(value, scope)
  if (found === undefined || found > 0) return found
  throw failure('MANIFEST_CONFIG_INVALID', {
    message: `\`failed_retry_wait_time_in_seconds\` is ${found}.`,
    hint: 'It is 1 at least.',
    failureType: 'system_error',
  })
}

function whole(value: number | string | undefined, { interpolation }: BuildScope): number | undefined {
  if (value === undefined || value === 0 || value === '') return undefined
  const found = typeof value === 'number' ? value : interpolation.withParameters({}).value(value)()
  const number = Number(found)
  if (Number.isFinite(number)) return Math.trunc(number)
  throw failure('MANIFEST_CONFIG_INVALID', {
    message: `A time of an AsyncRetriever is ${JSON.stringify(found)}, which is no whole number.`,
    hint: 'Correct it in the manifest, or the setting that it is made of.',
    failureType: 'system_error',
  })
}
