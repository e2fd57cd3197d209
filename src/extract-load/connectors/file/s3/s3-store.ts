import { systemClock } from '../../../../base/index.js'
import { extractLoadErrors } from '../../../errors.js'
import type { Answer } from '../../../remote-files/open-answer.js'
import { S3Client, S3ConditionFailed, type S3Problem } from '../../../remote-files/s3/s3-client.js'
import { s3Credentials, s3KeyHint, s3Place } from '../../../remote-files/s3/s3-settings.js'
import { rawIn, textIn } from '../../../remote-files/s3/xml-texts.js'
import type { ConnectorContext } from '../../connector.js'
import { type BucketAddress, bucketAddress } from '../address.js'
import { type FileStream, readConfig, timeoutMsOf } from '../config.js'
import { globExpression, literalStart } from '../glob.js'
import { remoteError } from '../remote/remote-error.js'
import type { OpenedStore, RemoteContent, RemoteFile, RemoteStore, Rest } from '../remote/remote-store.js'
import { placeOf } from '../stream-place.js'

/** The objects of a bucket of S3, or of a server that speaks like it. @throws CONNECTION_INVALID */
export function openS3Store(stream: FileStream, context: ConnectorContext): OpenedStore {
  const { bucket, path } = bucketAddress(stream.path) as BucketAddress
  const { s3 = {} } = readConfig(context.config, context.file)
  const { anonymous = false, ...settings } = s3
  const credentials = anonymous ? undefined : s3Credentials(settings)
  const isHalf = (settings.access_key_id === undefined) !== (settings.secret_access_key === undefined)
  if (isHalf && !anonymous)
    throw extractLoadErrors.create('CONNECTION_INVALID', {
      message: `The stream \`${stream.name}\` has half of a key for its bucket: \`${settings.access_key_id === undefined ? 'access_key_id' : 'secret_access_key'}\` is missing.`,
      at: placeOf(stream, context),
      hint: s3KeyHint,
    })
  const urlOf = (key: string) => `s3://${bucket}/${key}`
  const client = new S3Client({
    bucket,
    ...s3Place(settings),
    credentials,
    clock: context.clock ?? systemClock,
    signal: context.signal,
    timeoutMs: timeoutMsOf(stream),
    neededRights: 'list the bucket and to read its objects (s3:ListBucket, s3:GetObject)',
    errorOf: ({ key, ...problem }: S3Problem) =>
      remoteError(key === undefined ? `s3://${bucket}` : urlOf(key), problem, stream, context),
  })
  return { store: new S3Store(client, urlOf), path }
}

class S3Store implements RemoteStore {
  readonly #client: S3Client
  readonly urlOf: RemoteStore['urlOf']

  constructor(client: S3Client, urlOf: RemoteStore['urlOf']) {
    this.#client = client
    this.urlOf = urlOf
  }

  async find(key: string): Promise<RemoteFile | undefined> {
    const answer = await this.#client.call({ method: 'HEAD', key })
    if (!answer) return undefined
    return { path: key, sizeBytes: Number(answer.headers.get('content-length') ?? 0), ...versionIn(answer.headers) }
  }

  async match(pattern: string): Promise<readonly RemoteFile[]> {
    const expression = globExpression(pattern)
    const { prefix, isShallow } = literalStart(pattern)
    const found: RemoteFile[] = []
    for (let token: string | undefined; ; ) {
      const query = {
        'list-type': '2',
        prefix,
        // What lies in folders below is of no use, and may be much.
        ...(isShallow ? { delimiter: '/' } : {}),
        ...(token === undefined ? {} : { 'continuation-token': token }),
      }
      const xml = (await this.#client.call({ method: 'GET', query }))?.body.toString('utf8') ?? ''
      for (const one of rawIn(xml, 'Contents')) {
        const file = listedFile(one)
        if (expression.test(file.path)) found.push(file)
      }
      token = textIn(xml, 'NextContinuationToken')
      if (token === undefined) return found
    }
  }

  async open(key: string, rest?: Rest): Promise<RemoteContent | undefined> {
    const answer = (rest && (await this.#openRest(key, rest))) ?? (await this.#client.open({ method: 'GET', key }))
    if (!answer) return undefined
    const { status, headers } = answer.response
    return {
      ...versionIn(headers),
      from: status === 206 && rest ? rest.from : 0,
      isUnpacked: headers.get('content-encoding') !== null,
      body: () => answer.body((error) => this.#client.lost(error, key)),
      close: async () => answer.close(),
    }
  }

  /** Undefined where the object is another one, or gone. */
  async #openRest(key: string, { from, version }: Rest): Promise<Answer | undefined> {
    try {
      const headers = { range: `bytes=${from}-`, 'if-match': version }
      const answer = await this.#client.open({ method: 'GET', key, headers })
      if (answer && versionIn(answer.response.headers).version === version) return answer
      // A server that knows no conditions.
      answer?.close()
    } catch (error) {
      if (!(error instanceof S3ConditionFailed)) throw error
    }
    return undefined
  }

  async close(): Promise<void> {}
}

function listedFile(xml: string): RemoteFile {
  const modifiedAt = timeOf(textIn(xml, 'LastModified'))
  const sizeBytes = Number(textIn(xml, 'Size') ?? 0)
  return { path: textIn(xml, 'Key') ?? '', modifiedAt, sizeBytes, version: versionOf(textIn(xml, 'ETag'), modifiedAt) }
}

function versionIn(headers: Headers): Pick<RemoteFile, 'modifiedAt' | 'version'> {
  const modifiedAt = timeOf(headers.get('last-modified'))
  return { modifiedAt, version: versionOf(headers.get('etag'), modifiedAt) }
}

/** Of servers that do not say it, the same time always: a file of theirs that changes has another tag. */
const timeOf = (text: string | null | undefined) => new Date(Date.parse(text ?? '') || 0)

/** The same in lists and in headers, where servers write it differently. */
const versionOf = (etag: string | null | undefined, modifiedAt: Date) =>
  etag ? `"${etag.replace(/^W\/|"/g, '')}"` : modifiedAt.toISOString()
