/** Where a server of Airbyte answers, and where people look at it. */
export interface AirbyteAddresses {
  /** Of the public API. */
  readonly rest: string
  /** Of the API that its own pages use, which tells what the public one does not. */
  readonly configuration: string
  readonly page: string
}

const cloudHosts = new Set(['cloud.airbyte.com', 'api.airbyte.com'])

/** @param url of the page, or of one of its APIs: what is behind the host of an API is left out */
export function airbyteAddresses(url: string): AirbyteAddresses {
  const { origin, host, pathname } = new URL(url)
  // There the public API has a host of its own.
  if (cloudHosts.has(host))
    return {
      rest: 'https://api.airbyte.com/v1',
      configuration: 'https://cloud.airbyte.com/api/v1',
      page: 'https://cloud.airbyte.com',
    }
  const page = `${origin}${pathname.replace(/\/+$/, '').replace(/\/api(\/public)?(\/v1)?$/, '')}`
  return { rest: `${page}/api/public/v1`, configuration: `${page}/api/v1`, page }
}

/** The page of a connection, where its syncs are seen. */
export const connectionPage = ({ page }: AirbyteAddresses, workspaceId: string, connectionId: string): string =>
  `${page}/workspaces/${encodeURIComponent(workspaceId)}/connections/${encodeURIComponent(connectionId)}/timeline`
