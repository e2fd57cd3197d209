import type { MillraceError } from '../../../base/index.js'
import type { AirbyteFailure, AirbyteJobInfo } from '../../../extract-load/index.js'
import { platformErrors } from '../../errors.js'

const origins: Readonly<Record<string, string>> = {
  source: 'the source',
  destination: 'the destination',
  replication: 'the replication',
  persistence: 'the keeping of states',
  airbyte_platform: 'the platform',
}

const hints: Readonly<Record<string, string>> = {
  config_error: 'Its settings have to be corrected there.',
  transient_error: 'It may pass: start another run.',
  heartbeat_timeout: 'Its source was silent for too long.',
  destination_timeout: 'Its destination took too long.',
  refresh_schema: 'The fields of its source have to be looked at there.',
}

/** The reasons of the last attempt, the ones that say most first. */
export function failuresOf({ attempts }: AirbyteJobInfo): readonly AirbyteFailure[] {
  const [last] = [...attempts].reverse().flatMap(({ attempt }) => attempt.failureSummary ?? [])
  // What was cancelled because of something else is told behind it.
  const rank = ({ failureType, externalMessage }: AirbyteFailure) =>
    (failureType === 'manual_cancellation' ? 2 : 0) + (externalMessage ? 0 : 1)
  return [...(last?.failures ?? [])].sort((a, b) => rank(a) - rank(b))
}

export interface FailedJob {
  readonly connection: string
  readonly page: string
  readonly jobId: number
  readonly attempts: number
}

/** @param of the stream that it is about, where it is about one */
export function jobFailed(job: FailedJob, failures: readonly AirbyteFailure[]): MillraceError {
  const [first] = failures
  const origin = first?.failureOrigin === undefined ? undefined : origins[first.failureOrigin]
  const said = first?.externalMessage ?? first?.internalMessage ?? 'its server does not say why'
  const where = origin === undefined ? '' : ` In ${origin}: `
  const tried = job.attempts > 1 ? ` after ${job.attempts} attempts` : ''
  const stop = /[.!?]$/.test(said) ? '' : '.'
  return platformErrors.create('AIRBYTE_SYNC_FAILED', {
    message: `Job ${job.jobId} of ${job.connection} failed${tried}.${where === '' ? ' ' : where}${said}${stop}`,
    hint: [hints[first?.failureType ?? ''], `The server tells more: ${job.page}`].filter(Boolean).join(' '),
    data: {
      job: job.jobId,
      ...(first?.failureOrigin === undefined ? {} : { failureOrigin: first.failureOrigin }),
      ...(first?.failureType === undefined ? {} : { failureType: first.failureType }),
      ...(first?.externalMessage && first.internalMessage
        ? { internalMessage: first.internalMessage.slice(0, 2000) }
        : {}),
    },
  })
}
