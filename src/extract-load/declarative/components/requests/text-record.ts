import { z } from 'zod'
import { str } from '../../../../jinja/index.js'

/** Texts by their names. Numbers and booleans of YAML become what Python prints of them: `True`, `1.5`. */
export const textRecord = () =>
  z.record(
    z.string(),
    z.unknown().transform((value, context) => {
      if (typeof value === 'string') return value
      if (value !== null && ['number', 'boolean', 'bigint'].includes(typeof value)) return str(value)
      context.issues.push({ code: 'custom', message: 'expected a text', input: value })
      return z.NEVER
    }),
  )
