import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { basePathOf } from '../base-path.js'

export const sessionIdleMs = 14 * 24 * 3600_000

/** The cookie that holds a session's secret. Scripts do not see it, and pages of other sites do not send it. */
export class SessionCookie {
  readonly #name: string
  readonly #isHttps: boolean
  readonly #path: string

  /** Cookies know no ports: each project of a machine needs a name of its own. */
  constructor(project: string, url: string | undefined) {
    this.#name = `millrace_session_${project}`
    this.#isHttps = url?.startsWith('https:') ?? false
    // Two projects behind one proxy may have one name.
    this.#path = `${basePathOf(url)}/`
  }

  read(c: Context): string | undefined {
    return getCookie(c, this.#name)
  }

  write(c: Context, secret: string): void {
    setCookie(c, this.#name, secret, { ...this.#options(c), maxAge: sessionIdleMs / 1000 })
  }

  clear(c: Context): void {
    deleteCookie(c, this.#name, this.#options(c))
  }

  #options(c: Context) {
    // What is claimed here can only make the cookie of who claims it stricter.
    const isHttps = c.req.url.startsWith('https:') || c.req.header('x-forwarded-proto') === 'https'
    const secure = this.#isHttps || isHttps
    return { httpOnly: true, sameSite: 'Strict', path: this.#path, secure } as const
  }
}
