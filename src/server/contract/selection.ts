/** What is written as it is: whatever could be read as something else stands in quotes. A test holds it to what runs take. */
const plainName = /^(?!(?:or|and|not)$)[\w.$/-]+$/

/** An asset's key, or a group, as a word of a selection, which may stand after `group:` and beside `+`. */
export const selectionWord = (name: string): string => (plainName.test(name) ? name : `"${name}"`)

/** The selection of some assets. */
export const selectionOf = (keys: readonly string[]): string => keys.map(selectionWord).join(' ')
