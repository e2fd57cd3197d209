import { readFile, stat } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import type { Context } from 'hono'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
  '.ico': 'image/x-icon',
}

/** Files of the built UI; every other address is the UI's own and gets its page. */
export function staticFiles(uiDir: string) {
  return async (c: Context): Promise<Response> => {
    const path = normalize(decodeURIComponent(c.req.path))
      .split(sep)
      .filter((part) => part !== '' && part !== '..')
      .join(sep)
    const file = join(uiDir, path)
    const info = path === '' ? undefined : await stat(file).catch(() => undefined)
    if (info?.isFile()) {
      const immutable = path.startsWith('assets')
      return c.body(new Uint8Array(await readFile(file)), 200, {
        'content-type': types[extname(file)] ?? 'application/octet-stream',
        'cache-control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      })
    }
    const page = await readFile(join(uiDir, 'index.html'), 'utf8').catch(() => undefined)
    if (page === undefined) return c.text('The web UI is not built. Run: npm run build', 503)
    return c.body(page, 200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' })
  }
}
