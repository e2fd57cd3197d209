import type { IncomingMessage, RequestListener } from 'node:http'

/** Below which path people reach the server, as its address says: `/millrace` of `https://data.example.com/millrace`, '' of one without. */
export const basePathOf = (url: string | undefined): string =>
  url !== undefined && URL.canParse(url) ? new URL(url).pathname.replace(/\/+$/, '') : ''

/** Answers below the path and without it: some proxies take it away, and who sits at this machine need not write it. */
export function belowPath(basePath: string, answer: RequestListener): RequestListener {
  if (basePath === '') return answer
  return (request, response) => {
    takeAway(basePath, request)
    return answer(request, response)
  }
}

function takeAway(basePath: string, request: IncomingMessage): void {
  const { url = '/' } = request
  if (!url.startsWith(basePath)) return
  const rest = url.slice(basePath.length)
  // `/millrace2` is somebody else's.
  if (rest === '' || rest.startsWith('?')) request.url = `/${rest}`
  else if (rest.startsWith('/')) request.url = rest
}

/** The page with its files and its API where the browser finds them, at whatever depth it asks for it. */
export const pageBelow = (basePath: string, html: string): string => {
  const path = basePath.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
  return html
    .replaceAll('"./', `"${path}/`)
    .replace('name="millrace-base" content=""', `name="millrace-base" content="${path}"`)
}
