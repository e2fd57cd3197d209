import { registerSecret } from '../base/index.js'
import { metastoreErrors } from './errors.js'

/** Where a store lies: a PostgreSQL, and the schema that holds its tables. */
export interface StoreAddress {
  readonly url: string
  readonly schema: string
  /**
   * A pooler answers there that takes nothing which a connection says of itself, and gives each a session of its own (PgBouncer with
   * `pool_mode = session`): the schema is asked for once it is there.
   */
  readonly isPooled: boolean
}

/**
 * Reads a store's URL. Two parameters are ours: `schema` (`postgresql://…/db?schema=millrace_shop`) keeps several projects apart in one
 * database, and `pooler=session` says who answers. @throws METASTORE_URL_INVALID
 */
export function storeAddress(text: string): StoreAddress {
  if (!URL.canParse(text) || !/^postgres(ql)?:$/.test(new URL(text).protocol))
    throw metastoreErrors.create('METASTORE_URL_INVALID', {
      message: 'The address of the metadata store is not a PostgreSQL URL.',
      hint: 'Set DATABASE_URL (or metastore.url in millrace.yaml) to something like postgresql://user@host:5432/database.',
    })
  const url = new URL(text)
  registerSecret(url.password)
  registerSecret(decoded(url.password))
  const schema = url.searchParams.get('schema') ?? 'public'
  const pooler = url.searchParams.get('pooler')
  if (pooler !== null && pooler !== 'session')
    throw metastoreErrors.create('METASTORE_URL_INVALID', {
      message: `\`pooler=${pooler}\` in the address of the metadata store: a pooler is only taken where it gives each connection a session of its own.`,
      hint: 'Have it pool by session and write `pooler=session`, or give the address of the PostgreSQL itself.',
    })
  for (const own of ['schema', 'pooler']) url.searchParams.delete(own)
  return { url: url.href, schema, isPooled: pooler !== null }
}

/** @throws METASTORE_URL_INVALID */
function decoded(password: string): string {
  try {
    return decodeURIComponent(password)
  } catch (cause) {
    throw metastoreErrors.create('METASTORE_URL_INVALID', {
      message: 'The password in the address of the metadata store is not encoded as a URL wants it.',
      hint: 'Write a % in it as %25, and other signs that mean something in a URL likewise.',
      cause,
    })
  }
}

/** The same address with a schema of the project's own, unless it names one. */
export function withOwnSchema(text: string, project: string): string {
  return withSchema(text, `millrace_${project.toLowerCase().replaceAll('-', '_')}`.slice(0, 63))
}

/** The same address with this schema, unless it names one. */
export function withSchema(text: string, schema: string): string {
  if (!URL.canParse(text)) return text
  const url = new URL(text)
  if (!url.searchParams.has('schema')) url.searchParams.set('schema', schema)
  return url.href
}
