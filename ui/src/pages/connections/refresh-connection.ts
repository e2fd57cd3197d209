import type { QueryClient } from '@tanstack/react-query'

/** Asks anew for whatever shows a connection: the lists that it is in, and its own pages. @param others what else something was done to */
export const refreshConnection = (client: QueryClient, ...others: readonly string[]): Promise<void> =>
  client.invalidateQueries({
    predicate: ({ queryKey: [first] }) => ['connection', 'connections', ...others].includes(String(first)),
  })
