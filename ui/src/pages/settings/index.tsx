import { Alert, Tabs } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useMay, useSession } from '../../api/session.js'
import { Page, Section } from '../../design/page.js'
import { Empty } from '../../design/states.js'
import { AuditTab } from './audit-tab.js'
import { SecretsTab } from './secrets-tab.js'
import { TokensTab } from './tokens-tab.js'
import { UsersTab } from './users-tab.js'

const route = getRouteApi('/settings')

/** Who may do what here, what connections may know, and what was done. */
export function SettingsPage() {
  const { tab = 'users' } = route.useSearch()
  const navigate = route.useNavigate()
  const isAdmin = useMay('admin')
  const { data: session } = useSession()
  if (!isAdmin)
    return (
      <Page title="Settings">
        <Section>
          <Empty title="Settings need the role admin">You have the role {session?.role}. An admin can change it.</Empty>
        </Section>
      </Page>
    )
  return (
    <Page title="Settings">
      {session?.via === 'open' && (
        <Alert variant="default" title="There is no login">
          Whoever reaches this page may do everything, and only this machine does. Make a user, an admin, and everybody
          has to log in from then on; you too, at once.
        </Alert>
      )}
      <Tabs
        value={tab}
        onChange={(value) => void navigate({ to: '/settings', search: { tab: value ?? undefined }, replace: true })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="users">Users</Tabs.Tab>
          <Tabs.Tab value="tokens">API tokens</Tabs.Tab>
          <Tabs.Tab value="secrets">Secrets</Tabs.Tab>
          <Tabs.Tab value="audit">Audit log</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="users">
          <UsersTab />
        </Tabs.Panel>
        <Tabs.Panel value="tokens">
          <TokensTab />
        </Tabs.Panel>
        <Tabs.Panel value="secrets">
          <SecretsTab />
        </Tabs.Panel>
        <Tabs.Panel value="audit">
          <AuditTab />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
