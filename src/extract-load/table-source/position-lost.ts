import type { MillraceError } from '../../base/index.js'
import { extractLoadErrors } from '../errors.js'

/** Of a stream whose rows are appended, where the source goes on from cannot be told. @param why as the end of a sentence */
export const positionLost = (stream: string, why: string): MillraceError =>
  extractLoadErrors.create('SOURCE_POSITION_LOST', {
    message: `Which rows of \`${stream}\` are new since the last sync cannot be told: ${why}.`,
    hint: 'Its rows are appended, and all of them would come again. Read it anew with --full-refresh; the old table stays until the new one is there.',
  })
