import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ConnectorManifest, ConnectorsView } from '../../../../src/server/contract/index.js'
import { get, segment } from '../../api/client.js'
import { Code } from '../../design/code-panel.js'
import { Page, Section } from '../../design/page.js'
import { Lines, Loaded } from '../../design/states.js'
import { To } from '../../design/to.js'
import { Builder } from './builder.js'
import { Guard, Provenance } from './provenance.js'

const route = getRouteApi('/connectors/$name/edit')
/** Somebody may change the file beside the page. */
const lookAgainMs = 3_000

/** The manifest of a connector that was added: edited and tried by who may, read by the others. */
export function ConnectorBuilderPage() {
  const { name } = route.useParams()
  const connectors = useQuery({ queryKey: ['connectors'], queryFn: () => get<ConnectorsView>('/connectors') })
  const manifest = useQuery({
    queryKey: ['connector-manifest', name],
    queryFn: () => get<ConnectorManifest>(`/connectors/${segment(name)}/manifest`),
    refetchInterval: lookAgainMs,
  })
  return (
    <Loaded
      query={manifest}
      skeleton={
        <Page title={name}>
          <Section>
            <Lines number={12} />
          </Section>
        </Page>
      }
    >
      {(found) =>
        connectors.data === undefined ? (
          <Page title={name}>
            <Section>
              <Lines number={12} />
            </Section>
          </Page>
        ) : connectors.data.canCreate ? (
          // Another connector is another draft.
          <Builder key={name} name={name} found={found} />
        ) : (
          <Page
            title={name}
            tabTitle={`${name}, manifest · Connectors`}
            aside={<Guard manifest={found} />}
            lead={<Provenance manifest={found} />}
          >
            <Section
              aside={
                <To to="/connectors/$name" params={{ name }} search={{}}>
                  The connector
                </To>
              }
              title="Manifest"
            >
              <Code sides={[{ title: 'manifest.yaml', note: '', text: found.yaml, language: 'yaml' }]} />
            </Section>
          </Page>
        )
      }
    </Loaded>
  )
}
