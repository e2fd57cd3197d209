import type { Context } from 'hono'
import { invalid } from './errors.js'

export interface Page {
  readonly limit: number
  readonly offset: number
}

const usualLimit = 20
const mostAtOnce = 100
const mostOffset = 1_000_000_000

/** @throws SERVER_INVALID */
export const pageOf = (c: Context): Page => ({
  limit: wholeNumber(c, 'limit', usualLimit, 1, mostAtOnce),
  offset: wholeNumber(c, 'offset', 0, 0, mostOffset),
})

function wholeNumber(c: Context, name: string, usual: number, min: number, max: number): number {
  const text = c.req.query(name)
  if (text === undefined || text === '') return usual
  const value = Number(text)
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw invalid(`${name} is \`${text.slice(0, 40)}\`: it has to be a whole number from ${min} to ${max}.`)
}

/** A part of a list with the addresses of those beside it, empty where there is none: clients follow `next`. */
export function paged<T>(c: Context, { limit, offset }: Page, data: readonly T[], hasMore: boolean) {
  const address = (at: number) => {
    const url = new URL(c.req.url)
    url.searchParams.set('limit', String(limit))
    url.searchParams.set('offset', String(at))
    return url.toString()
  }
  return {
    previous: offset > 0 ? address(Math.max(0, offset - limit)) : '',
    next: hasMore ? address(offset + limit) : '',
    data,
  }
}

/** The same of all that there is. */
export const pagedOf = <T, Shown>(c: Context, all: readonly T[], show: (one: T) => Shown) => {
  const page = pageOf(c)
  const end = page.offset + page.limit
  return paged(c, page, all.slice(page.offset, end).map(show), all.length > end)
}

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/** @throws SERVER_INVALID */
export function uuidOf(name: string, text: string): string {
  if (uuid.test(text)) return text.toLowerCase()
  throw invalid(`${name} is \`${text.slice(0, 60)}\`, which is no UUID.`)
}

/** Several values, each with its own parameter or with commas between them; undefined where none is said. @throws SERVER_INVALID */
export function uuidsOf(c: Context, name: string): string[] | undefined {
  const found = c.req
    .queries(name)
    ?.flatMap((text) => text.split(','))
    .filter((text) => text !== '')
  return found?.length ? found.map((text) => uuidOf(name, text.trim())) : undefined
}
