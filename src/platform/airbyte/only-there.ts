import type { RemoteConnection } from '../../orchestrate/index.js'
import { platformErrors } from '../errors.js'

/** @param what ends `…, and is … only there` */
export const onlyThere = (connection: string, { server, page }: RemoteConnection, what: string) =>
  platformErrors.create('AIRBYTE_NOT_DONE_FROM_HERE', {
    message: `${connection} is kept by the Airbyte server ${server}, and is ${what} only there.`,
    hint: `Do it on its page: ${page}`,
  })
