/** The parts of an address, as Python's `urlsplit` sees them; the path keeps its `;parameters`. */
export interface UrlParts {
  readonly scheme: string
  readonly netloc: string
  readonly path: string
  readonly query: string
  readonly fragment: string
}

/** @param scheme that of an address that has none */
export function splitUrl(url: string, scheme = ''): UrlParts {
  let rest = url.replace(/^[\0-\x20]+/, '').replace(/[\t\r\n]/g, '')
  const named = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(rest)
  if (named) rest = rest.slice(named[0].length)
  let netloc = ''
  if (rest.startsWith('//')) {
    const end = rest.slice(2).search(/[/?#]/)
    netloc = end < 0 ? rest.slice(2) : rest.slice(2, end + 2)
    rest = rest.slice(2 + netloc.length)
  }
  const [beforeFragment, fragment] = cut(rest, '#')
  const [path, query] = cut(beforeFragment, '?')
  return { scheme: named?.[1]?.toLowerCase() ?? scheme, netloc, path, query, fragment }
}

const cut = (text: string, mark: string): [before: string, after: string] => {
  const at = text.indexOf(mark)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

export function joinedUrl({ scheme, netloc, path, query, fragment }: UrlParts): string {
  const rooted = netloc !== '' && path !== '' && !path.startsWith('/') ? `/${path}` : path
  const place = netloc !== '' || rooted.startsWith('//') ? `//${netloc}${rooted}` : rooted
  return `${scheme ? `${scheme}:` : ''}${place}${query ? `?${query}` : ''}${fragment ? `#${fragment}` : ''}`
}

/** Schemes whose addresses may be relative, of those that anybody asks over HTTP. */
const relativeSchemes = ['', 'http', 'https', 'ftp', 'file', 'sftp']

/** Python's `urljoin`. */
export function joinUrl(base: string, url: string): string {
  if (!base) return url
  if (!url) return base
  const from = splitUrl(base)
  const to = splitUrl(url, from.scheme)
  if (to.scheme !== from.scheme || !relativeSchemes.includes(to.scheme)) return url
  if (to.netloc) return joinedUrl(to)
  if (!to.path) return joinedUrl({ ...to, netloc: from.netloc, path: from.path, query: to.query || from.query })
  return joinedUrl({ ...to, netloc: from.netloc, path: joinedPath(from.path, to.path) })
}

function joinedPath(base: string, path: string): string {
  const baseParts = base.split('/')
  // What follows the last slash of the base is replaced.
  if (baseParts.at(-1) !== '') baseParts.pop()
  let segments = path.startsWith('/') ? path.split('/') : [...baseParts, ...path.split('/')]
  if (!path.startsWith('/'))
    segments = segments.filter((part, i) => i === 0 || i === segments.length - 1 || part !== '')
  const kept: string[] = []
  for (const segment of segments) {
    if (segment === '..') kept.pop()
    else if (segment !== '.') kept.push(segment)
  }
  if (['.', '..'].includes(segments.at(-1) ?? '')) kept.push('')
  return kept.join('/') || '/'
}
