import type { PartitionRouter } from '../../component-contract.js'
import { failure } from '../../failure.js'

/** Their values are not those of one partition any more. */
export function refuseRequestOptions(type: string, routers: readonly PartitionRouter[]): void {
  if (!routers.some((router) => router.hasRequestOptions)) return
  throw failure('MANIFEST_INVALID', {
    message: `A router in a ${type} has request options.`,
    hint: 'Put the values into the request with a template (`stream_partition`) instead.',
    failureType: 'system_error',
  })
}
