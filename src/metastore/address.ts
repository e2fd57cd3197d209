import { registerSecret } from '../base/index.js'
import { metastoreErrors } from './errors.js'

/** Where a store lies: a PostgreSQL, and the schema that holds its tables. */
export interface StoreAddress {
  readonly url: string
  readonly schema: string
}

/**
 * Reads a store's URL. `schema` is a parameter of ours: `postgresql://…/db?schema=millrace_shop` keeps several projects
 * apart in one database. @throws METASTORE_URL_INVALID
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
  url.searchParams.delete('schema')
  return { url: url.href, schema }
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
