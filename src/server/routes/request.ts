import type { Context } from 'hono'
import type { z } from 'zod'
import { serverErrors } from '../errors.js'
import { SharedAnswer } from '../shared-answer.js'

/** @throws SERVER_INVALID naming the field */
export async function readBody<Schema extends z.ZodType>(context: Context, schema: Schema): Promise<z.output<Schema>> {
  const body = parseJson(await context.req.text())
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw serverErrors.create('SERVER_INVALID', {
    message: `${(issue?.path ?? []).join('.') || 'The body'}: ${issue?.message ?? 'not valid'}`,
    hint: '/api/docs describes what each call takes.',
  })
}

/** No body is an empty one: every field may have a default. */
function parseJson(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    // What a parser says quotes the body, which may be a secret.
    throw serverErrors.create('SERVER_INVALID', {
      message: 'The body is not JSON.',
      hint: '/api/docs describes what each call takes.',
    })
  }
}

export function positive(text: string | undefined, fallback: number, most: number): number {
  const value = Number(text ?? fallback)
  return Number.isInteger(value) && value > 0 ? Math.min(value, most) : fallback
}

export function notFound(what: string, hint: string) {
  return serverErrors.create('SERVER_NOT_FOUND', { message: `There is no ${what}.`, hint })
}

/** A call that answers everybody the same: that is worked out, and written, once for all who ask at the same time. */
export function sharedJson(read: () => Promise<unknown>): (c: Context) => Promise<Response> {
  const text = new SharedAnswer(async () => JSON.stringify(await read()))
  return async (c) => c.body(await text.get(), 200, { 'content-type': 'application/json' })
}
