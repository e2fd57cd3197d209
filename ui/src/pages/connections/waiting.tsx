import { useQuery } from '@tanstack/react-query'
import type { ApiError, ConnectionsView, WaitingConnection } from '../../../../src/server/contract/index.js'
import { get } from '../../api/client.js'
import { ErrorWithSecrets } from '../../design/connections/missing-secrets.js'
import { Page, Section } from '../../design/page.js'
import { ErrorBox, Lines } from '../../design/states.js'

/** A connection that waits for a secret: what is missing, and where to say it. */
export function Waiting({ connection: { name, error } }: { connection: WaitingConnection }) {
  return (
    <Section title={`${name} waits for a secret`}>
      <ErrorWithSecrets error={error} />
    </Section>
  )
}

/** What a connection waits for; undefined where it waits for nothing. */
export const useWaiting = (name: string): WaitingConnection | undefined =>
  useConnections().data?.waiting.find((one) => one.name === name)

const useConnections = () =>
  useQuery({ queryKey: ['connections'], queryFn: () => get<ConnectionsView>('/connections') })

/** In the place of a connection that is not there: it may wait for a secret. */
export function NotThere({ name, error }: { name: string; error: ApiError }) {
  const query = useConnections()
  const waiting = query.data?.waiting.find((one) => one.name === name)
  return (
    <Page title={name} tabTitle={`${name} · Connections`}>
      {query.isPending ? <Lines number={2} /> : waiting ? <Waiting connection={waiting} /> : <ErrorBox error={error} />}
    </Page>
  )
}
