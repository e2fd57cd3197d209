import { failure } from '../../failure.js'

type Written = string | readonly string[] | readonly (readonly string[])[] | undefined

/** A field or several; each stands by itself, not inside another. */
export function primaryKeyOf(written: Written): readonly (readonly string[])[] {
  if (written === undefined || written === '') return []
  if (typeof written === 'string') return [[written]]
  if (written.some((field) => typeof field !== 'string' && field.length !== 1))
    throw failure('MANIFEST_INVALID', {
      message: `The primary key ${JSON.stringify(written)} has a field inside another.`,
      hint: 'Name fields of the record itself; AddFields can put a nested value there.',
      failureType: 'system_error',
    })
  return written.map((field) => (typeof field === 'string' ? [field] : field))
}
