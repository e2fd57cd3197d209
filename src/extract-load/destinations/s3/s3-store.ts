import { open, rm, stat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { temporaryFolder } from '../../../base/index.js'
import { extractLoadErrors } from '../../errors.js'
import { type S3Bucket, S3Client, S3ConditionFailed } from '../../remote-files/s3/s3-client.js'
import { textIn, textsIn } from '../../remote-files/s3/xml-texts.js'
import type { FileStore } from '../recorded/file-store.js'
import { StoreConflict } from '../recorded/record-store.js'

/** Larger files go in parts of this size, of which there may be 10 000: one of them is in memory. */
export const partBytes = 64 * 1024 * 1024

/** For a part of the largest size on a slow line. */
const timeoutMs = 300_000

/**
 * The objects below a prefix of a bucket. An object is replaced as a whole: whoever reads gets the old one or the new one.
 * @param prefix without `/` at its ends; may be empty
 */
export function s3Store(bucket: S3Bucket, prefix: string, place: string): FileStore {
  const client = new S3Client({
    ...bucket,
    timeoutMs,
    neededRights: 'list, read, write and delete below `path`',
    errorOf: ({ what, hint, advice, cause }) =>
      extractLoadErrors.create('DESTINATION_FILES_FAILED', {
        message: `The bucket \`${bucket.bucket}\` cannot be used: ${what}`,
        hint,
        data: { ...advice },
        cause,
      }),
  })
  const keyOf = (name: string) => (prefix === '' ? name : `${prefix}/${name}`)
  let folder: Promise<string> | undefined
  let locals = 0
  /** The version of each text as it was read or written last; undefined: there was none. */
  const seen = new Map<string, string | undefined>()
  // Its ending says how it is compressed.
  const localPath = async (name: string) => {
    folder ??= temporaryFolder('upload')
    locals++
    return join(await folder, `${locals}-${posix.basename(name)}`)
  }
  return {
    place,
    async readText(name) {
      const answer = await client.call({ method: 'GET', key: keyOf(name) })
      seen.set(name, answer?.headers.get('etag') ?? undefined)
      return answer?.body.toString('utf8')
    },
    async writeText(name, text) {
      const headers = seen.has(name) ? conditionOf(seen.get(name)) : {}
      const answer = await client
        .call({ method: 'PUT', key: keyOf(name), headers, body: Buffer.from(text) })
        .catch((error) => {
          throw error instanceof S3ConditionFailed ? new StoreConflict(error.message) : error
        })
      seen.set(name, answer?.headers.get('etag') ?? undefined)
    },
    list: (folderName) => list(client, `${keyOf(folderName)}/`),
    draft: localPath,
    put: (draft, name) => upload(client, draft, keyOf(name)),
    async remove(name) {
      await client.call({ method: 'DELETE', key: keyOf(name) })
    },
    // Nothing of S3 goes when its owner dies.
    canLock: false,
    lock: async () => async () => {},
    async localCopy(name) {
      const path = await localPath(name)
      await download(client, keyOf(name), path)
      return path
    },
    async close() {
      if (folder !== undefined) await rm(await folder, { recursive: true, force: true })
    },
  }
}

const conditionOf = (version: string | undefined): Record<string, string> =>
  version === undefined ? { 'if-none-match': '*' } : { 'if-match': version }

/** The names right below a prefix; undefined where there are none: S3 has no folders. */
async function list(client: S3Client, prefix: string): Promise<readonly string[] | undefined> {
  const names: string[] = []
  for (let token: string | undefined; ; ) {
    const query = {
      'list-type': '2',
      prefix,
      delimiter: '/',
      ...(token === undefined ? {} : { 'continuation-token': token }),
    }
    const xml = (await client.call({ method: 'GET', query }))?.body.toString('utf8') ?? ''
    names.push(...textsIn(xml, 'Key').map((key) => key.slice(prefix.length)))
    token = textIn(xml, 'NextContinuationToken')
    if (token === undefined) return names.length > 0 ? names.filter((name) => name !== '') : undefined
  }
}

async function download(client: S3Client, key: string, path: string): Promise<void> {
  const file = await open(path, 'w')
  try {
    for (let at = 0; ; ) {
      const range = `bytes=${at}-${at + partBytes - 1}`
      const part = await client.call({ method: 'GET', key, headers: { range } })
      if (!part) throw missing(key)
      await file.writeFile(part.body)
      at += part.body.length
      const total = Number(/\/(\d+)$/.exec(part.headers.get('content-range') ?? '')?.[1] ?? at)
      if (at >= total) return
    }
  } finally {
    await file.close()
  }
}

async function upload(client: S3Client, path: string, key: string): Promise<void> {
  const { size } = await stat(path)
  const file = await open(path, 'r')
  const read = async (at: number) => {
    const bytes = Buffer.alloc(Math.min(partBytes, size - at))
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await file.read(bytes, done, bytes.length - done, at + done)
      if (bytesRead === 0) throw missing(path)
      done += bytesRead
    }
    return bytes
  }
  try {
    if (size <= partBytes) await client.call({ method: 'PUT', key, body: await read(0) })
    else await uploadParts(client, key, Math.ceil(size / partBytes), (part) => read(part * partBytes))
  } finally {
    await file.close()
  }
  await rm(path, { force: true })
}

/** Nothing is seen of the object before its last part is there. */
async function uploadParts(
  client: S3Client,
  key: string,
  count: number,
  read: (part: number) => Promise<Buffer<ArrayBuffer>>,
): Promise<void> {
  const begun = await client.call({ method: 'POST', key, query: { uploads: '' } })
  const uploadId = textIn(begun?.body.toString() ?? '', 'UploadId') ?? ''
  try {
    const parts: string[] = []
    for (let part = 0; part < count; part++) {
      const query = { partNumber: String(part + 1), uploadId }
      const answer = await client.call({ method: 'PUT', key, query, body: await read(part) })
      parts.push(`<Part><PartNumber>${part + 1}</PartNumber><ETag>${answer?.headers.get('etag') ?? ''}</ETag></Part>`)
    }
    const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`)
    const done = await client.call({ method: 'POST', key, query: { uploadId }, body })
    // Its answer begins before the work is done, and may say in the end that it failed.
    const code = textIn(done?.body.toString() ?? '', 'Code')
    if (code !== undefined)
      throw extractLoadErrors.create('DESTINATION_FILES_FAILED', {
        message: `The parts of ${key} could not be put together: ${code}`,
        hint: 'Nothing was committed; sync again.',
      })
  } catch (error) {
    await client.call({ method: 'DELETE', key, query: { uploadId } }).catch(() => {})
    throw error
  }
}

const missing = (what: string) =>
  extractLoadErrors.create('DESTINATION_FILES_FAILED', {
    message: `${what} is gone while it is read.`,
    hint: 'Sync again.',
  })
