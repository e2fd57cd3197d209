import type { Checklist } from '../checklist.js'
import type { DefinitionsText } from './definitions-text.js'

/** Where all that is translated goes. */
export interface TranslationOutput {
  readonly text: DefinitionsText
  readonly checklist: Checklist
}
