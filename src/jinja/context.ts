import { PyDict } from './runtime/values.js'

/** Where a template finds its free names. Answers JavaScript's undefined for a name that is not there. */
export interface Context {
  get(name: string): unknown
  /**
   * Asked now and then by templates that loop for long, so that their host can do something else meanwhile, or end them by
   * throwing. What it answers is waited for, in templates that may wait.
   */
  pause?(): Promise<void> | undefined
}

/** A context over a Map, a dict or a plain object. */
export function toContext(
  values: Context | ReadonlyMap<string, unknown> | PyDict | Readonly<Record<string, unknown>> | undefined,
): Context {
  if (values === undefined) return { get: () => undefined }
  if (values instanceof Map || values instanceof PyDict) return values
  if (typeof (values as Context).get === 'function' && !Object.hasOwn(values, 'get')) return values as Context
  const record = values as Readonly<Record<string, unknown>>
  if (typeof record.get === 'function' && Object.keys(record).length === 1) return values as Context
  return { get: (name) => (Object.hasOwn(record, name) ? record[name] : undefined) }
}
