import { readFile, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import type { Context } from 'hono'
import { pageBelow } from './base-path.js'

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

const page = 'index.html'

/** Where the build puts files whose names hold a hash of what they hold (ui/vite.config.ts). */
const hashedFolder = '_ui'

/** Files of the built UI; every other address is the UI's own and gets its page. */
export function staticFiles(uiDir: string, basePath = '') {
  return async (c: Context): Promise<Response> => {
    const path = relativePath(c.req.path)
    if (path === undefined) return c.text('This is not an address.', 400)
    const isHashed = path.startsWith(`${hashedFolder}${sep}`)
    if (path !== '' && path !== page && (await isFile(join(uiDir, path))))
      return fileResponse(c, join(uiDir, path), isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    // A page of an older build asks for files that are gone: it must not get a page instead of a script.
    if (isHashed) return c.text('There is no such file. A newer version of the page is there: reload it.', 404)
    const below = { tag: Buffer.from(basePath).toString('hex'), change: (html: string) => pageBelow(basePath, html) }
    if (await isFile(join(uiDir, page))) return fileResponse(c, join(uiDir, page), 'no-cache', below)
    return c.text('The web UI is not built. Run: npm run build', 503)
  }
}

/** The address as a path below the folder; what would lead out of it is dropped. */
function relativePath(address: string): string | undefined {
  try {
    const parts = decodeURIComponent(address).split(/[/\\]/)
    return parts.filter((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0')).join(sep)
  } catch {
    return undefined
  }
}

const isFile = (path: string) =>
  stat(path).then(
    (info) => info.isFile(),
    () => false,
  )

async function fileResponse(
  c: Context,
  path: string,
  cacheControl: string,
  changed?: { readonly tag: string; readonly change: (text: string) => string },
): Promise<Response> {
  const { size, mtimeMs } = await stat(path)
  // Weak, because the same file may travel compressed or not.
  const etag = `W/"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}${changed?.tag ?? ''}"`
  const headers = { etag, 'cache-control': cacheControl, vary: 'accept-encoding' }
  if (
    c.req
      .header('if-none-match')
      ?.split(/\s*,\s*/)
      .includes(etag)
  )
    return c.body(null, 304, headers)
  const file = await readFile(path)
  const bytes = changed ? Buffer.from(changed.change(file.toString())) : file
  return c.body(new Uint8Array(bytes), 200, {
    ...headers,
    'content-type': types[extname(path)] ?? 'application/octet-stream',
    'content-length': String(bytes.length),
  })
}
