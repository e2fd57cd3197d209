import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ApiUser } from '../../../../src/server/contract/index.js'
import { get } from '../../api/client.js'
import { Section } from '../../design/page.js'
import { Empty, Loaded, TableShape } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { DataGrid, type GridColumn } from '../../design/tables/data-grid.js'
import { Ago } from '../../design/text/time.js'
import { NewUser } from './new-user.js'
import { UserActions } from './user-actions.js'

export function UsersTab() {
  const query = useQuery({ queryKey: ['users'], queryFn: () => get<{ users: ApiUser[] }>('/users') })
  const [isMaking, making] = useDisclosure()
  return (
    <Section
      title="Users"
      isFlush
      aside={
        <Button size="compact-xs" leftSection={<IconPlus size={13} aria-hidden />} onClick={making.open}>
          New user
        </Button>
      }
    >
      <Loaded query={query} skeleton={<TableShape rows={3} />}>
        {({ users }) =>
          users.length === 0 ? (
            <Empty title="No users yet">The first one must be an admin.</Empty>
          ) : (
            <DataGrid label="Users" columns={columns} rows={users} rowKey={(user) => user.name} />
          )
        }
      </Loaded>
      {isMaking && <NewUser isFirst={query.data?.users.length === 0} onClose={making.close} />}
    </Section>
  )
}

const columns: readonly GridColumn<ApiUser>[] = [
  { key: 'name', title: 'Name', value: (user) => user.name, cell: (user) => user.name, isFlexible: true },
  { key: 'role', title: 'Role', value: (user) => user.role, cell: (user) => user.role },
  {
    key: 'state',
    title: 'May log in',
    value: (user) => String(user.isDisabled),
    cell: (user) => <Status value={user.isDisabled ? 'cancelled' : 'up'} label={user.isDisabled ? 'no' : 'yes'} />,
  },
  { key: 'made', title: 'Made', value: (user) => user.createdAt, cell: (user) => <Ago at={user.createdAt} /> },
  { key: 'actions', title: '', cell: (user) => <UserActions user={user} /> },
]
