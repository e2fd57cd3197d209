import { z } from 'zod'
import { maybe } from './maybe.js'

/** The largest that every version answers. */
const pageSize = 100

const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ data: z.array(item).nullish(), next: maybe(z.string()) })
type Page<Item extends z.ZodType> = ReturnType<typeof pageOf<Item>>

/** All of a list of the public API. @param ask for a page, by `limit` and `offset` */
export async function allPages<Item extends z.ZodType>(
  item: Item,
  ask: (page: Readonly<Record<string, string | number>>, answer: Page<Item>) => Promise<z.output<Page<Item>>>,
): Promise<z.output<Item>[]> {
  const answer = pageOf(item)
  const found: z.output<Item>[] = []
  let page: Readonly<Record<string, string | number>> = { limit: pageSize, offset: 0 }
  for (;;) {
    const { data, next } = await ask(page, answer)
    found.push(...(data ?? []))
    const following = next && data?.length ? pageIn(next) : undefined
    // A server that names the same page again would be asked for ever.
    if (!following || Number(following.offset) <= Number(page.offset)) return found
    page = following
  }
}

/** The host in `next` is the one under which the server knows itself, which may be none for us: only what it asks for is taken. */
function pageIn(next: string): Readonly<Record<string, string>> | undefined {
  const query = next.indexOf('?')
  const found = Object.fromEntries(new URLSearchParams(query < 0 ? '' : next.slice(query + 1)))
  const { limit, offset } = found
  return limit !== undefined && offset !== undefined ? { limit, offset } : undefined
}
