import { Button, Checkbox, Group, Modal, SegmentedControl, Stack } from '@mantine/core'
import { useDisclosure, useMediaQuery } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useMutation, useQueries } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { MaterializeResponse } from '../../../../src/server/contract/index.js'
import { selectionWord } from '../../../../src/server/contract/selection.js'
import { ApiFailure, post } from '../../api/client.js'
import { Needs } from '../needs.js'
import { ErrorBox, Loaded } from '../states.js'
import { count } from '../text/time.js'
import { fullRefreshWords, PlanWords } from './plan-words.js'
import { useRunConfig } from './run-config.js'

const scopes = [
  { name: 'this', label: 'Only this', selection: selectionWord },
  { name: 'up', label: 'With upstream', selection: (key: string) => `+${selectionWord(key)}` },
  { name: 'down', label: 'With downstream', selection: (key: string) => `${selectionWord(key)}+` },
  { name: 'both', label: 'Both', selection: (key: string) => `+${selectionWord(key)}+` },
] as const
type Scope = (typeof scopes)[number]['name']

/** One asset, alone or with what lies above or below it: the count of each is there before anything starts. */
export function MaterializeAsset({ assetKey, scope: first = 'this' }: { assetKey: string; scope?: Scope }) {
  const [isOpen, { open, close }] = useDisclosure()
  const isNarrow = useMediaQuery('(max-width: 48em)')
  const [scope, setScope] = useState<Scope>(first)
  const [fullRefresh, setFullRefresh] = useState(false)
  const config = useRunConfig()
  const navigate = useNavigate()
  const plans = useQueries({
    queries: scopes.map(({ selection }) => ({
      queryKey: ['plan', selection(assetKey)],
      queryFn: () => post<MaterializeResponse>('/materialize', { selection: selection(assetKey), dryRun: true }),
      enabled: isOpen,
    })),
  })
  const at = scopes.findIndex((one) => one.name === scope)
  const chosen = scopes[at] as (typeof scopes)[number]
  const plan = plans[at] as (typeof plans)[number]
  const start = useMutation({
    mutationFn: () =>
      post<MaterializeResponse>('/materialize', {
        selection: chosen.selection(assetKey),
        fullRefresh,
        config: config.of(plan.data?.config),
      }),
    onSuccess: async ({ runId }) => {
      close()
      notifications.show({ message: 'The run is queued' })
      if (runId) await navigate({ to: '/runs/$id', params: { id: runId } })
    },
  })
  return (
    <Needs least="editor">
      <Button size="xs" leftSection={<IconPlayerPlay size={14} aria-hidden />} onClick={open}>
        Materialize
      </Button>
      <Modal opened={isOpen} onClose={close} title={`Materialize ${assetKey}`} size="lg" fullScreen={isNarrow ?? false}>
        <Stack gap="sm">
          <SegmentedControl
            size="xs"
            aria-label="How much"
            orientation={isNarrow ? 'vertical' : 'horizontal'}
            value={scope}
            onChange={(value) => setScope(value as Scope)}
            data={scopes.map((one, i) => ({
              value: one.name,
              label: `${one.label}${plans[i]?.data ? ` (${count(plans[i].data.assets.length)})` : ''}`,
            }))}
          />
          <Loaded query={plan}>{(data) => <PlanWords plan={data} />}</Loaded>
          {config.form(plan.data?.config)}
          <Checkbox
            label="Full refresh"
            description={fullRefreshWords(plan.data)}
            checked={fullRefresh}
            onChange={(event) => setFullRefresh(event.currentTarget.checked)}
          />
          {start.error instanceof ApiFailure && <ErrorBox error={start.error.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button
              data-autofocus
              loading={start.isPending}
              disabled={!plan.data || plan.data.steps === 0}
              onClick={() => config.isComplete(plan.data?.config) && start.mutate()}
            >
              Run
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Needs>
  )
}
