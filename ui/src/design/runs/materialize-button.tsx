import { Button, Checkbox, Group, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { MaterializeResponse } from '../../../../src/server/contract/index.js'
import { post } from '../../api/client.js'
import { Needs } from '../needs.js'
import { asApiError, ErrorBox, Lines, Loaded } from '../states.js'
import { fullRefreshWords, PlanWords } from './plan-words.js'
import { useRunConfig } from './run-config.js'

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
  return (
    <Needs least="editor">
      <Button size="xs" variant={variant} onClick={open}>
        {label}
      </Button>
      <MaterializeDialog selection={selection} isOpen={isOpen} onClose={close} />
    </Needs>
  )
}

/** The same question where something else than a button asks it. */
export function MaterializeDialog({
  selection,
  isOpen,
  onClose,
}: {
  selection: string
  isOpen: boolean
  onClose: () => void
}) {
  const [fullRefresh, setFullRefresh] = useState(false)
  const config = useRunConfig()
  const navigate = useNavigate()
  const plan = useQuery({
    queryKey: ['plan', selection],
    queryFn: () => post<MaterializeResponse>('/materialize', { selection, dryRun: true }),
    enabled: isOpen,
    staleTime: 0,
  })
  const start = useMutation({
    mutationFn: () =>
      post<MaterializeResponse>('/materialize', { selection, fullRefresh, config: config.of(plan.data?.config) }),
    onSuccess: async ({ runId }) => {
      onClose()
      notifications.show({ message: `Run ${runId?.slice(-8)} is queued` })
      if (runId) await navigate({ to: '/runs/$id', params: { id: runId } })
    },
  })
  return (
    <Modal opened={isOpen} onClose={onClose} title={`Materialize ${selection}`} size="lg">
      <Loaded query={plan} skeleton={<Lines />}>
        {(data) => (
          <>
            <PlanWords plan={data} />
            {config.form(data.config)}
            <Checkbox
              mt="xs"
              label="Full refresh"
              description={fullRefreshWords(data)}
              checked={fullRefresh}
              onChange={(event) => setFullRefresh(event.currentTarget.checked)}
            />
            {start.error && <ErrorBox error={asApiError(start.error)} />}
            <Group mt="md" justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button
                data-autofocus
                loading={start.isPending}
                onClick={() => config.isComplete(plan.data?.config) && start.mutate()}
              >
                Run
              </Button>
            </Group>
          </>
        )}
      </Loaded>
    </Modal>
  )
}
