import { z } from 'zod'
import type { SourceServices } from '../../component-contract.js'
import { failure } from '../../failure.js'

export const pageSizeReductionSchema = z.looseObject({
  type: z.literal('PageSizeReduction').optional(),
  reduction_factor: z.number().gt(1).default(2),
  minimum_page_size: z.int().min(1).default(1),
  max_attempts: z.int().min(1).default(5),
  backoff_seconds: z.number().min(0).default(0.5),
  retries_at_minimum_page_size: z.int().min(0).default(0),
  failure_message: z.string().optional(),
  reset_policy: z.enum(['NEVER', 'AFTER_SUCCESSFUL_PAGE']).default('NEVER'),
})

type Settings = z.output<typeof pageSizeReductionSchema>

/** The size of pages while one slice is read: slices are read at the same time, so each has its own. */
export interface PageSize {
  override(): number | undefined
  /** Waits, and then the same page is asked for again. @throws where it cannot be made smaller, or was too often */
  reduce(rejection: string | undefined): Promise<void>
  pageCame(): void
}

export function reduciblePageSize(
  settings: Settings,
  configured: number | undefined,
  stream: string,
  { clock, signal }: Pick<SourceServices, 'clock' | 'signal'>,
): PageSize {
  let current: number | undefined
  let reductions = 0
  let retries = 0
  const wait = (times: number) => clock.sleep(settings.backoff_seconds * times * 1000, { signal })
  const given = (message: string) => [message, settings.failure_message?.trim()].filter(Boolean).join(' ')

  return {
    override: () => current,
    async reduce(rejection) {
      const size = current ?? configured
      if (size === undefined) throw withoutSize(stream)
      const reduced = Math.max(settings.minimum_page_size, Math.floor(size / settings.reduction_factor))
      if (reduced < size) {
        reductions++
        if (reductions > settings.max_attempts)
          throw tooHeavy(
            given(`The API refuses pages of stream \`${stream}\` in every size, down to ${size} records.`),
            rejection,
          )
        current = reduced
        await wait(reductions)
      } else if (retries < settings.retries_at_minimum_page_size) {
        retries++
        await wait(retries)
      } else if (current === undefined && settings.minimum_page_size > 1) throw neverReducible(stream, size)
      else
        throw tooHeavy(
          given(`The API refuses pages of stream \`${stream}\` in the smallest size, ${size} records.`),
          rejection,
        )
    },
    pageCame() {
      reductions = 0
      retries = 0
      if (settings.reset_policy === 'AFTER_SUCCESSFUL_PAGE') current = undefined
    },
  }
}

const tooHeavy = (message: string, rejection: string | undefined) =>
  failure('API_UNAVAILABLE', {
    message,
    hint: 'Allow smaller pages, or more attempts (`page_size_reduction`), or try it later.',
    failureType: 'transient_error',
    internalMessage: rejection,
  })

const neverReducible = (stream: string, size: number) =>
  failure('MANIFEST_INVALID', {
    message: `The pages of stream \`${stream}\` have ${size} records, which \`minimum_page_size\` does not let get less.`,
    hint: 'Raise the `page_size` of the paginator, or lower `minimum_page_size`.',
    failureType: 'config_error',
  })

const withoutSize = (stream: string) =>
  failure('MANIFEST_INVALID', {
    message: `The pages of stream \`${stream}\` are to be made smaller, and its paginator sends no size.`,
    hint: 'Set `page_size` on the pagination strategy, and `page_size_option` on the paginator.',
    failureType: 'config_error',
  })
