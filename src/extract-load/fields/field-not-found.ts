import { didYouMean, type MillraceError, type SourceLocation } from '../../base/index.js'
import { extractLoadErrors } from '../errors.js'

/** @param why who speaks of the field: `fields` names */
export const fieldNotFound = (
  stream: string,
  field: string,
  offered: readonly string[],
  { why, at }: { readonly why: string; readonly at: SourceLocation | undefined },
): MillraceError =>
  extractLoadErrors.create('FIELD_NOT_FOUND', {
    message: `The stream \`${stream}\` has no field \`${field}\`, which ${why}. Nothing was loaded.`,
    at,
    hint: [didYouMean(field, offered), `Its fields: ${offered.join(', ') || 'none'}.`].filter(Boolean).join(' '),
  })
