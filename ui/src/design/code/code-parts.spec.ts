import { expect, it } from 'vitest'
import { codeParts } from './code-parts.js'

it.each([
  ['set `a`: `b`', ['set ', '[a]', ': ', '[b]']],
  ['`__a__` *is* <b>', ['[__a__]', ' *is* <b>']],
  ['one ` only', ['one ` only']],
  ['``', ['``']],
])('%s', (sentence, parts) =>
  expect(codeParts(sentence).map(({ text, isCode }) => (isCode ? `[${text}]` : text))).toEqual(parts),
)
