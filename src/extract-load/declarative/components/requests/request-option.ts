import { z } from 'zod'
import { str } from '../../../../jinja/index.js'
import { setKey } from '../../dpath/index.js'
import type { Interpolation } from '../../interpolation/index.js'

export const requestOptionSchema = z
  .looseObject({
    type: z.literal('RequestOption').optional(),
    inject_into: z.enum(['request_parameter', 'header', 'body_data', 'body_json']),
    field_name: z.string().nullish(),
    field_path: z.array(z.string()).nullish(),
  })
  .refine(({ field_name, field_path }) => (field_name == null) !== (field_path == null), {
    message: 'needs either `field_name` or `field_path`',
  })
  .refine(({ inject_into, field_path }) => field_path == null || inject_into === 'body_json', {
    message: '`field_path` can be used with `inject_into: body_json` only',
  })

export type RequestOptionDefinition = z.output<typeof requestOptionSchema>

/** Options of a request while they are put together. */
export interface MutableOptions {
  readonly params: Record<string, unknown>
  readonly headers: Record<string, unknown>
  readonly bodyData: Record<string, unknown>
  readonly bodyJson: Record<string, unknown>
}

export interface RequestOptionPlace {
  readonly injectInto: RequestOptionDefinition['inject_into']
  inject(into: MutableOptions, value: unknown): void
}

export const emptyOptions = (): MutableOptions => ({ params: {}, headers: {}, bodyData: {}, bodyJson: {} })

const targets = {
  request_parameter: 'params',
  header: 'headers',
  body_data: 'bodyData',
  body_json: 'bodyJson',
} as const

/** Where a value goes in a request. */
export function compileRequestOption(
  definition: RequestOptionDefinition,
  interpolation: Interpolation,
): RequestOptionPlace {
  const segments = (definition.field_path ?? [definition.field_name ?? '']).map((one) => interpolation.value(one))
  const target = targets[definition.inject_into]
  return {
    injectInto: definition.inject_into,
    inject: (into, value) => {
      const path = segments.map((one) => str(one()))
      const last = path.pop() ?? ''
      let current = into[target]
      for (const name of path) {
        // Names come from settings: what every object has is none of its keys.
        if (!Object.hasOwn(current, name) || current[name] == null) setKey(current, name, {})
        current = current[name] as Record<string, unknown>
      }
      setKey(current, last, value)
    },
  }
}
