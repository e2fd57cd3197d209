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
  registerSecret(decodeURIComponent(url.password))
  const schema = url.searchParams.get('schema') ?? 'public'
  url.searchParams.delete('schema')
  return { url: url.href, schema }
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
