import { Button, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { SecretsView, SecretView } from '../../../../src/server/contract/index.js'
import { get, remove, segment } from '../../api/client.js'
import { ConfirmButton } from '../../design/confirm-button.js'
import { Section } from '../../design/page.js'
import { Empty, Loaded, TableShape } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { DataGrid, type GridColumn } from '../../design/tables/data-grid.js'
import { Ago } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import { SetSecret } from './set-secret.js'

/** What connections name and files do not say. */
export function SecretsTab() {
  const query = useQuery({ queryKey: ['secrets'], queryFn: () => get<SecretsView>('/secrets') })
  const [isMaking, making] = useDisclosure()
  return (
    <Section
      title="Secrets"
      isFlush
      aside={
        <Button size="compact-xs" leftSection={<IconPlus size={13} aria-hidden />} onClick={making.open}>
          New secret
        </Button>
      }
    >
      <Loaded query={query} skeleton={<TableShape rows={3} />}>
        {({ secrets }) =>
          secrets.length === 0 ? (
            <Empty title="No secrets yet">
              What is typed as a password where a connection is made is kept here, encrypted. Files of connections name
              it: <code>{'${SHOP_PASSWORD}'}</code>
            </Empty>
          ) : (
            <DataGrid label="Secrets" columns={columns} rows={secrets} rowKey={(one) => one.name} minWidth={760} />
          )
        }
      </Loaded>
      {isMaking && <SetSecret onClose={making.close} />}
    </Section>
  )
}

const states: Readonly<Record<SecretView['status'], readonly [status: string, words: string, why?: string]>> = {
  set: ['up', 'set'],
  overridden: [
    'warning',
    'from the environment',
    'The environment of Millrace has a variable of this name: that one is taken.',
  ],
  unreadable: [
    'failed',
    'not readable',
    'It was encrypted with another key (MILLRACE_ENCRYPTION_KEY), or was damaged.',
  ],
  missing: ['failed', 'missing', 'A connection names it, and neither the environment nor this list has it.'],
}

const columns: readonly GridColumn<SecretView>[] = [
  {
    key: 'name',
    title: 'Name',
    value: (one) => one.name,
    cell: (one) => <code>{one.name}</code>,
    isFlexible: true,
  },
  {
    key: 'status',
    title: 'State',
    value: (one) => one.status,
    cell: (one) => (
      <span title={states[one.status][2]}>
        <Status value={states[one.status][0]} label={states[one.status][1]} />
      </span>
    ),
  },
  {
    key: 'users',
    title: 'Used by',
    width: 200,
    value: (one) => one.usedBy.map(({ name }) => name).join(', '),
    cell: (one) =>
      one.usedBy.length === 0 ? (
        <Text size="sm" c="dimmed">
          nothing
        </Text>
      ) : (
        one.usedBy.map(({ kind, name }, i) => (
          <span key={`${kind} ${name}`}>
            {i > 0 && ', '}
            {kind === 'connection' ? (
              <To to="/connections/$name" params={{ name }} search={{}}>
                {name}
              </To>
            ) : (
              `${kind} ${name}`
            )}
          </span>
        ))
      ),
  },
  { key: 'set', title: 'Set', value: (one) => one.updatedAt, cell: (one) => <Ago at={one.updatedAt} /> },
  {
    key: 'by',
    title: 'By',
    width: 130,
    value: (one) => one.updatedBy ?? '',
    cell: (one) => one.updatedBy ?? '',
  },
  { key: 'actions', title: '', cell: (one) => <Actions secret={one} /> },
]

function Actions({ secret }: { secret: SecretView }) {
  const client = useQueryClient()
  const [isSetting, setIsSetting] = useState(false)
  const users = secret.usedBy.map(({ name }) => name)
  return (
    <Group gap={4} wrap="nowrap" justify="flex-end">
      <Button variant="default" size="compact-xs" onClick={() => setIsSetting(true)}>
        {secret.status === 'missing' ? 'Set' : 'Replace'}
      </Button>
      {secret.status !== 'missing' && (
        <ConfirmButton
          size="compact-xs"
          label="Remove"
          title={`Remove ${secret.name}?`}
          confirm="Remove the secret"
          isDangerous
          onConfirm={async () => {
            await remove(`/secrets/${segment(secret.name)}`)
            await client.invalidateQueries({ queryKey: ['secrets'] })
          }}
        >
          <Text>
            {users.length === 0
              ? 'Nothing names it.'
              : `${users.join(', ')} ${users.length === 1 ? 'names' : 'name'} it, and cannot be read without.`}{' '}
            Nobody can tell what it said afterwards.
          </Text>
        </ConfirmButton>
      )}
      {isSetting && <SetSecret secret={secret} onClose={() => setIsSetting(false)} />}
    </Group>
  )
}
