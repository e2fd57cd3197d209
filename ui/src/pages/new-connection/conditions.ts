import type { RowConditionView } from '../../../../src/server/contract/index.js'

/** A condition as a form shows it: a test of one field, or several of which all, any or none hold. */
export type ShownCondition =
  | { readonly kind: 'test'; readonly field: string; readonly isNot: boolean; readonly equal: ConditionValue }
  | { readonly kind: 'group'; readonly way: GroupWay; readonly parts: readonly ShownCondition[] }
export type ConditionValue = string | number | boolean | null
export type GroupWay = 'and' | 'or' | 'not and' | 'not or'

export const groupWays: readonly { readonly value: GroupWay; readonly label: string }[] = [
  { value: 'and', label: 'all of' },
  { value: 'or', label: 'any of' },
  { value: 'not or', label: 'none of' },
  { value: 'not and', label: 'not all of' },
]

export const newTest: ShownCondition = { kind: 'test', field: '', isNot: false, equal: '' }

/** Two negations say nothing. */
export function shownCondition(condition: RowConditionView, isNot = false): ShownCondition {
  if ('not' in condition) return shownCondition(condition.not, !isNot)
  if ('and' in condition) return group('and', condition.and, isNot)
  if ('or' in condition) return group('or', condition.or, isNot)
  return { kind: 'test', field: condition.field, isNot, equal: condition.equal }
}

const group = (way: 'and' | 'or', parts: readonly RowConditionView[], isNot: boolean): ShownCondition => ({
  kind: 'group',
  way: isNot ? `not ${way}` : way,
  parts: parts.map((part) => shownCondition(part)),
})

/** As it stands in the file. */
export function writtenCondition(shown: ShownCondition): RowConditionView {
  if (shown.kind === 'test') {
    const test = { field: shown.field, equal: shown.equal }
    return shown.isNot ? { not: test } : test
  }
  const parts = shown.parts.map(writtenCondition)
  const inner = shown.way.endsWith('and') ? { and: parts } : { or: parts }
  return shown.way.startsWith('not') ? { not: inner } : inner
}

/** What a person typed, as the field holds it. */
export function valueFor(type: string, text: string): ConditionValue {
  if (/^boolean/.test(type)) return text === 'true'
  // Only what is the same again as a text: "1.0" may become "1.05", and large numbers would be rounded.
  const isNumber = /^(?:integer|number)/.test(type) && String(Number(text)) === text && Number.isFinite(Number(text))
  return isNumber ? Number(text) : text
}
