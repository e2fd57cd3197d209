import { Button, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { ApiTokenView } from '../../../../src/server/contract/index.js'
import { get, remove, segment } from '../../api/client.js'
import { ConfirmButton } from '../../design/confirm-button.js'
import { Section } from '../../design/page.js'
import { Empty, Loaded, TableShape } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { DataGrid, type GridColumn } from '../../design/tables/data-grid.js'
import { Ago, exactTime } from '../../design/text/time.js'
import { NewApiToken } from './new-token.js'

export function TokensTab() {
  const query = useQuery({ queryKey: ['tokens'], queryFn: () => get<{ tokens: ApiTokenView[] }>('/tokens') })
  const [isMaking, making] = useDisclosure()
  return (
    <Section
      title="API tokens"
      isFlush
      aside={
        <Button size="compact-xs" leftSection={<IconPlus size={13} aria-hidden />} onClick={making.open}>
          New token
        </Button>
      }
    >
      <Loaded query={query} skeleton={<TableShape rows={3} />}>
        {({ tokens }) =>
          tokens.length === 0 ? (
            <Empty title="No tokens yet">
              A token lets a program call the API: <code>authorization: Bearer mr_…</code>
            </Empty>
          ) : (
            <DataGrid label="API tokens" columns={columns} rows={tokens} rowKey={(token) => token.id} minWidth={760} />
          )
        }
      </Loaded>
      {isMaking && <NewApiToken onClose={making.close} />}
    </Section>
  )
}

function stateOf({ revokedAt, expiresAt }: ApiTokenView): { status: string; words: string } {
  if (revokedAt) return { status: 'cancelled', words: 'revoked' }
  if (!expiresAt) return { status: 'up', words: 'until revoked' }
  return Date.parse(expiresAt) < Date.now()
    ? { status: 'cancelled', words: 'over' }
    : { status: 'up', words: `until ${exactTime(expiresAt)}` }
}

function Revoke({ token }: { token: ApiTokenView }) {
  const client = useQueryClient()
  return (
    <ConfirmButton
      size="compact-xs"
      label="Revoke"
      title={`Revoke ${token.name}?`}
      confirm="Revoke the token"
      isDangerous
      onConfirm={async () => {
        await remove(`/tokens/${segment(token.id)}`)
        await client.invalidateQueries({ queryKey: ['tokens'] })
      }}
    >
      <Text>Programs that use it are refused from now on. This cannot be undone.</Text>
    </ConfirmButton>
  )
}

const columns: readonly GridColumn<ApiTokenView>[] = [
  { key: 'name', title: 'Name', value: (token) => token.name, cell: (token) => token.name, isFlexible: true },
  { key: 'role', title: 'Role', value: (token) => token.role, cell: (token) => token.role },
  {
    key: 'by',
    title: 'Made by',
    width: 130,
    value: (token) => token.user ?? '',
    cell: (token) => token.user ?? <Text c="dimmed">command line</Text>,
  },
  {
    key: 'used',
    title: 'Last used',
    value: (token) => token.lastUsedAt,
    cell: (token) => <Ago at={token.lastUsedAt} />,
  },
  {
    key: 'state',
    title: 'Holds',
    value: (token) => stateOf(token).words,
    cell: (token) => <Status value={stateOf(token).status} label={stateOf(token).words} />,
  },
  {
    key: 'actions',
    title: '',
    cell: (token) => (token.revokedAt ? null : <Revoke token={token} />),
  },
]
