import { grouped } from './grouped.js'

/** A text is for reading; of megabytes in one there is the beginning. */
const mostCharacters = 16_000

/** The beginning of a text that is too long to be read, with how long it is. One that was shortened stays as it is. */
export function shortened(text: string): string {
  // With room for what was added.
  if (text.length <= mostCharacters + 50) return text
  return `${text.slice(0, mostCharacters)} … (${grouped(text.length)} characters)`
}
