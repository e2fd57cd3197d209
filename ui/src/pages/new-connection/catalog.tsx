import { UnstyledButton } from '@mantine/core'
import type { ConnectorView } from '../../../../src/server/contract/index.js'
import { ConnectorCards } from '../../design/connections/connector-card.js'

/** Where data can come from. */
export function Catalog({
  connectors,
  onChoose,
}: {
  connectors: readonly ConnectorView[]
  onChoose: (connector: ConnectorView) => void
}) {
  return (
    <ConnectorCards
      connectors={connectors}
      placeholder="Search: PostgreSQL, CSV, an Airbyte connector …"
      nothing={
        <>
          Every source of Airbyte works as it is: choose <b>Airbyte connector</b> and name its image. One that is a
          manifest needs neither Python nor a container: <code>millrace connectors add</code> brings it into the
          project.
        </>
      }
      card={(one, className, face) => (
        <UnstyledButton key={one.name} className={className} onClick={() => onChoose(one)}>
          {face}
        </UnstyledButton>
      )}
    />
  )
}
