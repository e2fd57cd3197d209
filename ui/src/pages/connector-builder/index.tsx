import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ConnectorManifest, ConnectorsView, ManifestHash } from '../../../../src/server/contract/index.js'
import { get, segment } from '../../api/client.js'
import { Page, Section } from '../../design/page.js'
import { Empty, Lines, Loaded } from '../../design/states.js'
import { To } from '../../design/text/to.js'
import { Builder } from './builder.js'

const route = getRouteApi('/connectors/$name/edit')
/** Somebody may change the file beside the page. */
const lookAgainMs = 3_000

/** The manifest of a connector that was added, for those who may edit it. */
export function ConnectorBuilderPage() {
  const { name } = route.useParams()
  const connectors = useQuery({ queryKey: ['connectors'], queryFn: () => get<ConnectorsView>('/connectors') })
  return (
    <Loaded query={connectors} skeleton={<Waiting name={name} />}>
      {({ canCreate }) => (canCreate ? <Loading name={name} /> : <NotForReaders name={name} />)}
    </Loaded>
  )
}

function Loading({ name }: { name: string }) {
  const client = useQueryClient()
  const queryKey = ['connector-manifest', name]
  const manifest = useQuery({
    queryKey,
    queryFn: async () => {
      const path = `/connectors/${segment(name)}/manifest`
      const last = () => client.getQueryData<ConnectorManifest>(queryKey)
      // Manifests may be large, and hardly ever change.
      const hash = last() && (await get<ManifestHash>(`${path}-hash`)).hash
      const known = last()
      return known && known.hash === hash ? known : get<ConnectorManifest>(path)
    },
    refetchInterval: lookAgainMs,
  })
  return (
    <Loaded query={manifest} skeleton={<Waiting name={name} />}>
      {/* Another connector is another draft. */}
      {(found) => <Builder key={name} name={name} found={found} />}
    </Loaded>
  )
}

const Waiting = ({ name }: { name: string }) => (
  <Page title={name}>
    <Section>
      <Lines number={12} />
    </Section>
  </Page>
)

const NotForReaders = ({ name }: { name: string }) => (
  <Page title={name} tabTitle={`${name}, builder · Connectors`}>
    <Section>
      <Empty title="Manifests are for those who may edit them">
        Secrets may stand in one. Admins edit connectors, unless <code>server.edit_connections</code> in millrace.yaml
        is false.{' '}
        <To to="/connectors/$name" params={{ name }} search={{}}>
          The connector
        </To>
      </Empty>
    </Section>
  </Page>
)
