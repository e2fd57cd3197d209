import { z } from 'zod'
import { type Clock, systemClock } from '../../../../base/index.js'
import { extractLoadErrors } from '../../../errors.js'
import type { Answer } from '../../../remote-files/open-answer.js'
import type { ConnectorContext } from '../../connector.js'
import { type BucketAddress, bucketAddress } from '../address.js'
import { type FileStream, readConfig, timeoutMsOf } from '../config.js'
import { globExpression, literalStart } from '../glob.js'
import { remoteError } from '../remote/remote-error.js'
import type { OpenedStore, RemoteContent, RemoteFile, RemoteStore, Rest } from '../remote/remote-store.js'
import { GcsClient, GcsConditionFailed, type GcsOptions } from './gcs-client.js'
import { readServiceAccount, type ServiceAccount } from './service-account.js'

const googleEndpoint = 'https://storage.googleapis.com'

/** The objects of a bucket of Google Cloud Storage. @throws CONNECTION_INVALID */
export function openGcsStore(stream: FileStream, context: ConnectorContext): OpenedStore {
  const { bucket, path } = bucketAddress(stream.path) as BucketAddress
  const { gcs = {} } = readConfig(context.config, context.file)
  const { clock = systemClock } = context
  const urlOf = (object: string) => `gs://${bucket}/${object}`
  const client = new GcsClient({
    bucket,
    endpoint: gcs.endpoint ?? googleEndpoint,
    account: gcs.service_account_json === undefined ? undefined : accountIn(gcs.service_account_json, context),
    clock,
    signal: context.signal,
    timeoutMs: timeoutMsOf(stream),
    errorOf: (({ object, ...problem }) =>
      remoteError(
        object === undefined ? `gs://${bucket}` : urlOf(object),
        problem,
        stream,
        context,
      )) satisfies GcsOptions['errorOf'],
  })
  return { store: new GcsStore(client, clock, urlOf), path }
}

function accountIn(text: string, { file, locate }: ConnectorContext): ServiceAccount {
  const account = readServiceAccount(text)
  if (typeof account !== 'string') return account
  throw extractLoadErrors.create('CONNECTION_INVALID', {
    message: `\`service_account_json\` below \`gcs\` ${account}.`,
    at: locate?.(['source', 'config', 'gcs', 'service_account_json']) ?? { file },
    hint: 'It is the text of the key file that Google gives for a service account, not its path: keep it in a variable of the environment.',
  })
}

const objectAnswer = z.object({
  name: z.string(),
  size: z.coerce.number(),
  updated: z.coerce.date(),
  generation: z.string(),
})
const listAnswer = z.object({ items: z.array(objectAnswer).default([]), nextPageToken: z.string().optional() })
const fields = 'name,size,updated,generation'

class GcsStore implements RemoteStore {
  readonly #client: GcsClient
  readonly #clock: Clock
  readonly urlOf: RemoteStore['urlOf']

  constructor(client: GcsClient, clock: Clock, urlOf: RemoteStore['urlOf']) {
    this.#client = client
    this.#clock = clock
    this.urlOf = urlOf
  }

  async find(object: string): Promise<RemoteFile | undefined> {
    const found = await this.#client.ask({ object, query: { fields } }, objectAnswer)
    return found && fileOf(found)
  }

  async match(pattern: string): Promise<readonly RemoteFile[]> {
    const expression = globExpression(pattern)
    const { prefix, isShallow } = literalStart(pattern)
    const found: RemoteFile[] = []
    for (let pageToken: string | undefined; ; ) {
      const query = {
        prefix,
        // What lies in folders below is of no use, and may be much.
        delimiter: isShallow ? '/' : undefined,
        fields: `items(${fields}),nextPageToken`,
        pageToken,
      }
      const page = await this.#client.ask({ query }, listAnswer)
      for (const item of page?.items ?? []) if (expression.test(item.name)) found.push(fileOf(item))
      pageToken = page?.nextPageToken
      if (pageToken === undefined) return found
    }
  }

  async open(object: string, rest?: Rest): Promise<RemoteContent | undefined> {
    const query = { alt: 'media' }
    const answer = (rest && (await this.#openRest(object, rest))) ?? (await this.#client.open({ object, query }))
    if (!answer) return undefined
    const { status, headers } = answer.response
    const modified = Date.parse(headers.get('last-modified') ?? '')
    return {
      modifiedAt: modified ? new Date(modified) : this.#clock.now(),
      version: headers.get('x-goog-generation') ?? undefined,
      from: status === 206 && rest ? rest.from : 0,
      isUnpacked: headers.get('content-encoding') !== null,
      body: () => answer.body((error) => this.#client.lost(error, object)),
      close: async () => answer.close(),
    }
  }

  /** Undefined where the object is of another generation, or gone. */
  async #openRest(object: string, { from, version }: Rest): Promise<Answer | undefined> {
    try {
      const query = { alt: 'media', ifGenerationMatch: version }
      return await this.#client.open({ object, query, headers: { range: `bytes=${from}-` } })
    } catch (error) {
      if (error instanceof GcsConditionFailed) return undefined
      throw error
    }
  }

  async close(): Promise<void> {}
}

const fileOf = ({ name, size, updated, generation }: z.output<typeof objectAnswer>): RemoteFile => ({
  path: name,
  sizeBytes: size,
  modifiedAt: updated,
  version: generation,
})
