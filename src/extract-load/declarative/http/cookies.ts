import type { CookieStore } from '../component-contract.js'

interface Cookie {
  readonly name: string
  readonly value: string
  readonly domain: string
  /** Only the very host that set it gets it. */
  readonly isOfHost: boolean
  readonly path: string
  readonly isSecure: boolean
  readonly expiresMs: number
}

/** Cookies of one requester, for as long as a source is read, as a session of Python's `requests` keeps them. */
export function cookieJar(nowMs: () => number): CookieStore {
  const cookies = new Map<string, Cookie>()
  return {
    take: (url, lines) => {
      const from = new URL(url)
      for (const line of lines) {
        const cookie = readCookie(line, from, nowMs())
        if (!cookie) continue
        const key = JSON.stringify([cookie.domain, cookie.path, cookie.name])
        if (cookie.expiresMs <= nowMs()) cookies.delete(key)
        else cookies.set(key, cookie)
      }
    },
    header: (url) => {
      // What is no address is refused, with what is wrong with it, by who sends it.
      if (!URL.canParse(url)) return undefined
      const to = new URL(url)
      const sent = [...cookies.values()].filter((one) => one.expiresMs > nowMs() && isFor(one, to))
      if (sent.length === 0) return undefined
      sent.sort((a, b) => b.path.length - a.path.length)
      return sent.map(({ name, value }) => `${name}=${value}`).join('; ')
    },
  }
}

function readCookie(line: string, { hostname, pathname }: URL, nowMs: number): Cookie | undefined {
  const [pair = '', ...rest] = line.split(';')
  const at = pair.indexOf('=')
  const name = pair.slice(0, Math.max(at, 0)).trim()
  if (name === '') return undefined
  const attributes = new Map(
    rest.map((one) => {
      const [key = '', ...value] = one.split('=')
      return [key.trim().toLowerCase(), value.join('=').trim()]
    }),
  )
  const domain = (attributes.get('domain') ?? '').replace(/^\./, '').toLowerCase()
  // A cookie for all of `.com` is for nobody.
  if (domain !== '' && !(isWithin(hostname, domain) && (domain.includes('.') || domain === hostname))) return undefined
  const path = attributes.get('path')
  return {
    name,
    value: pair.slice(at + 1).trim(),
    domain: domain || hostname,
    isOfHost: domain === '',
    path: path?.startsWith('/') ? path : pathname.slice(0, Math.max(pathname.lastIndexOf('/'), 1)),
    isSecure: attributes.has('secure'),
    expiresMs: expiryOf(attributes, nowMs),
  }
}

function expiryOf(attributes: ReadonlyMap<string, string>, nowMs: number): number {
  const maxAge = attributes.get('max-age')
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return nowMs + Number(maxAge) * 1000
  const expires = Date.parse((attributes.get('expires') ?? '').replaceAll('-', ' '))
  return Number.isNaN(expires) ? Infinity : expires
}

const isWithin = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`)

function isFor(cookie: Cookie, { protocol, hostname, pathname }: URL): boolean {
  if (cookie.isSecure && protocol !== 'https:') return false
  if (cookie.isOfHost ? hostname !== cookie.domain : !isWithin(hostname, cookie.domain)) return false
  return pathname === cookie.path || pathname.startsWith(cookie.path.endsWith('/') ? cookie.path : `${cookie.path}/`)
}
