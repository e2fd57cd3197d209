import { Text, TextInput } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { AddedConnectorView, ConnectorManifest } from '../../../../src/server/contract/index.js'
import { get, post, remove, segment } from '../../api/client.js'
import { ConfirmButton } from '../../design/confirm-button.js'
import { ToButton } from '../../design/to-button.js'

/** What may be done with a connector that was added to the project. */
export function AddedActions({ name, canEdit }: { name: string; canEdit: boolean }) {
  const navigate = useNavigate()
  const client = useQueryClient()
  const manifest = useQuery({
    queryKey: ['connector-manifest', name],
    queryFn: () => get<ConnectorManifest>(`/connectors/${segment(name)}/manifest`),
    enabled: canEdit,
    retry: false,
  })
  const usedBy = manifest.data?.usedBy.join(', ') ?? ''
  const reload = async () => {
    await client.invalidateQueries({
      predicate: ({ queryKey }) => /^connector(?:s|-)/.test(String(queryKey[0])),
    })
  }
  if (!canEdit) return null
  return (
    <>
      {manifest.data && (
        <>
          <Remove
            name={name}
            usedBy={usedBy}
            onDone={async () => {
              await navigate({ to: '/connectors', search: {} })
              client.removeQueries({ queryKey: ['connector-manifest', name] })
              await reload()
            }}
          />
          <Replace name={name} usedBy={usedBy} manifest={manifest.data} onDone={reload} />
        </>
      )}
      <ToButton
        to="/connectors/$name/edit"
        params={{ name }}
        variant="default"
        leftSection={<IconPencil size={14} aria-hidden />}
      >
        Edit
      </ToButton>
    </>
  )
}

function Remove({ name, usedBy, onDone }: { name: string; usedBy: string; onDone: () => Promise<void> }) {
  return (
    <ConfirmButton
      label="Remove"
      title={`Remove ${name}?`}
      confirm={usedBy === '' ? `Remove ${name}` : 'It is used'}
      isDangerous
      canConfirm={usedBy === ''}
      onConfirm={async () => {
        await remove(`/connectors/${segment(name)}`)
        await onDone()
      }}
    >
      <Text>
        {usedBy === ''
          ? 'Its folder goes out of the project, with the manifest and all that lies beside it. No connection uses it.'
          : `What reads with it: ${usedBy}. Remove these connections first, or give them another source.`}
      </Text>
    </ConfirmButton>
  )
}

function Replace({
  name,
  usedBy,
  manifest: { origin, isEdited },
  onDone,
}: {
  name: string
  usedBy: string
  manifest: ConnectorManifest
  onDone: () => Promise<void>
}) {
  const known = origin?.kind === 'address' || origin?.kind === 'package' ? origin.from : ''
  const [from, setFrom] = useState(known)
  return (
    <ConfirmButton
      label={known === '' ? 'Replace' : 'Update'}
      title={known === '' ? `Replace ${name}?` : `Update ${name} from where it came?`}
      confirm="Put it in its place"
      isDangerous={isEdited || origin === undefined}
      canConfirm={from.trim() !== ''}
      onConfirm={async () => {
        await post<AddedConnectorView>('/connectors', { from: from.trim(), name, replaces: true })
        await onDone()
      }}
    >
      <TextInput
        size="sm"
        label="Address, or name of a catalog or package"
        placeholder="airbyte:source-pokeapi, https://…/manifest.yaml, or npm:@example/source-shop"
        spellCheck={false}
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <Text size="sm">
        {isEdited || origin === undefined
          ? 'What was written into this manifest here is lost, unless git has it. '
          : 'It was not edited here. '}
        {usedBy === '' ? 'No connection uses it.' : `What reads with the new one from then on: ${usedBy}.`} Nothing is
        replaced where the new one has a problem.
      </Text>
    </ConfirmButton>
  )
}
