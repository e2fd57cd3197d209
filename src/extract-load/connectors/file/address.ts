import { isSecretKey, uriDecoded } from '../../../base/index.js'

/** Where a file of a bucket lies: `s3://lake/shop/*.csv`. */
export interface BucketAddress {
  readonly bucket: string
  /** A key, or a pattern of keys. */
  readonly path: string
}

/** Where a file of a server lies: `sftp://reader@files.example.com:2222/in/*.csv`, or below `/~/` where it is relative to the user's own folder. */
export interface ServerAddress {
  readonly user: string | undefined
  readonly host: string
  readonly port: number | undefined
  readonly path: string
}

const bucketShape = /^(s3|gs):\/\/([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])\/+([^/].*)$/s
const serverShape =
  /^sftp:\/\/(?:([^@:/\s]+)@)?([A-Za-z0-9_][A-Za-z0-9._-]*|\[[0-9a-fA-F:.%]+\])(?::(\d{1,5}))?(\/.+)$/s

export function bucketAddress(address: string): BucketAddress | undefined {
  const [, , bucket, path] = bucketShape.exec(address) ?? []
  return bucket === undefined || path === undefined ? undefined : { bucket, path }
}

export function serverAddress(address: string): ServerAddress | undefined {
  const [, user, host, port, path] = serverShape.exec(address) ?? []
  if (host === undefined || path === undefined) return undefined
  return { user, host: host.replace(/[[\]]/g, ''), port: port === undefined ? undefined : Number(port), path }
}

export const schemeOf = (path: string): string | undefined =>
  /^([a-z][a-z0-9+.-]*):\/\//i.exec(path)?.[1]?.toLowerCase()

export const isHttp = (path: string): boolean => /^https?$/.test(schemeOf(path) ?? '')

const problems: Readonly<Record<string, (address: string) => string | undefined>> = {
  http: (address) => (URL.canParse(address) ? undefined : 'is no address'),
  https: (address) => (URL.canParse(address) ? undefined : 'is no address'),
  s3: (address) => (bucketAddress(address) ? undefined : 'is a bucket with a file or pattern: s3://bucket/path/*.csv'),
  gs: (address) => (bucketAddress(address) ? undefined : 'is a bucket with a file or pattern: gs://bucket/path/*.csv'),
  sftp: (address) => {
    if (/^sftp:\/\/[^/@]*:[^/@]*@/i.test(address))
      return 'holds a password, which would be shown wherever the file is named: set `password` below `sftp`'
    return serverAddress(address)
      ? undefined
      : 'is a server with a file or pattern: sftp://host/path/*.csv, or sftp://host/~/path/*.csv below the folder of the user'
  },
}

/** What is wrong with a path as such; ends a sentence that begins with it. */
export function addressProblem(path: string): string | undefined {
  const scheme = schemeOf(path)
  if (scheme === undefined) return undefined
  const problem = problems[scheme]
  return problem
    ? problem(path)
    : `begins with ${scheme}://, which is not read; ${Object.keys(problems)
        .map((one) => `${one}://`)
        .join(', ')} are`
}

const mask = '***'

/** An address as it may be shown: without who signs in, and without what stands for signing in. */
export function shownAddress(address: string): string {
  const url = new URL(address)
  const secrets = [...url.searchParams.keys()].filter(isSecretParameter)
  if (url.username === '' && url.password === '' && secrets.length === 0) return address
  const query = url.search
    .slice(1)
    .split('&')
    .map((one) => {
      const [name = ''] = one.split('=')
      return secrets.includes(uriDecoded(name.replaceAll('+', ' '))) ? `${name}=${mask}` : one
    })
    .join('&')
  return `${url.origin}${url.pathname}${query === '' ? '' : `?${query}`}`
}

/** A path of a stream, whatever it is, as it may be shown. */
export const shownPath = (path: string): string => (isHttp(path) ? shownAddress(path) : path)

/** Shorter ones may be words and numbers that stand elsewhere. */
const leastSecretLength = 16

/** What an address holds that must not be shown anywhere. */
export function secretsOf(address: string): string[] {
  const url = new URL(address)
  const signedIn = uriDecoded(url.password || url.username)
  const values = [...url.searchParams].flatMap(([name, value]) => (isSecretParameter(name) ? [value] : []))
  return [...(signedIn === '' ? [] : [signedIn]), ...values.filter((value) => value.length >= leastSecretLength)]
}

const isSecretParameter = (name: string) =>
  isSecretKey(name) || /sig(?:nature)?$|credential|auth|apikey|^key$/i.test(name)
