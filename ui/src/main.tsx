// In a layer, Mantine's rules give way to ours whatever order the bundler puts the files in.
import '@mantine/core/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import './design/tokens.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { isLoginRequired, sessionKey } from './api/session.js'
import { cssVariables, theme } from './design/theme.js'
import { router } from './router.js'

/** A session that ended shows when something is asked for; the shell then shows the login instead of the page. */
const askWhoSitsHere = (error: unknown, key?: unknown) => {
  if (isLoginRequired(error) && key !== sessionKey[0]) void client.invalidateQueries({ queryKey: sessionKey })
}
const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error, { queryKey }) => askWhoSitsHere(error, queryKey[0]) }),
  mutationCache: new MutationCache({ onError: (error) => askWhoSitsHere(error) }),
  defaultOptions: {
    // The server may be on this very machine: what the browser believes of a network says nothing of it.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      staleTime: 2_000,
      retry: (failures, error) => failures < 1 && !isLoginRequired(error),
      refetchOnWindowFocus: false,
    },
  },
})

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" cssVariablesResolver={cssVariables}>
      <Notifications position="bottom-right" />
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
