import { Button, Checkbox, Group, List, Modal, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { MaterializeResponse } from '../../../src/server/contract/index.js'
import { post } from '../api/client.js'
import { Loaded } from './states.js'

/** Asks first, and says exactly what will run. */
export function MaterializeButton({
  selection,
  label = 'Materialize',
  variant = 'filled',
}: {
  selection: string
  label?: string
  variant?: 'filled' | 'default'
}) {
  const [isOpen, { open, close }] = useDisclosure()
  const [fullRefresh, setFullRefresh] = useState(false)
  const navigate = useNavigate()
  const plan = useQuery({
    queryKey: ['plan', selection],
    queryFn: () => post<MaterializeResponse>('/materialize', { selection, dryRun: true }),
    enabled: isOpen,
  })
  const start = async () => {
    const { runId } = await post<MaterializeResponse>('/materialize', { selection, fullRefresh })
    close()
    notifications.show({ message: `Run ${runId} is queued` })
    if (runId) await navigate({ to: '/runs/$id', params: { id: runId } })
  }
  return (
    <>
      <Button size="xs" variant={variant} onClick={open}>
        {label}
      </Button>
      <Modal opened={isOpen} onClose={close} title={`Materialize ${selection}`}>
        <Loaded query={plan}>
          {(data) => (
            <>
              <Text size="sm">
                {data.assets.length} assets and {data.checks} checks will run, in {data.steps} steps:
              </Text>
              <List size="sm" mah={240} style={{ overflow: 'auto' }} my="xs">
                {data.assets.map((key) => (
                  <List.Item key={key}>{key}</List.Item>
                ))}
              </List>
              <Checkbox
                label="Full refresh: build tables anew and load everything again"
                checked={fullRefresh}
                onChange={(event) => setFullRefresh(event.currentTarget.checked)}
              />
              <Group mt="md" justify="flex-end">
                <Button variant="default" onClick={close}>
                  Cancel
                </Button>
                <Button data-autofocus onClick={() => void start()}>
                  Run
                </Button>
              </Group>
            </>
          )}
        </Loaded>
      </Modal>
    </>
  )
}
