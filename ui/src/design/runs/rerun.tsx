import { List, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { AssetSummary, RerunRequest, RunDetail, RunSummary } from '../../../../src/server/contract/index.js'
import { get, post } from '../../api/client.js'
import { ConfirmDialog } from '../confirm-button.js'
import { asApiError, Loaded } from '../states.js'
import { count, plural } from '../text/time.js'
import { selectionWords } from './run-words.js'

interface Rerun {
  readonly ask: (request: RerunRequest) => void
  readonly isPending: boolean
  /** To be drawn beside what asks. */
  readonly dialog: ReactNode
}

/** Runs a run again: at once, or, where that takes away what tables hold, after a question that names them. */
export function useRerun(run: RunSummary): Rerun {
  const navigate = useNavigate()
  const [asked, setAsked] = useState<RerunRequest>()
  const [isOpen, setIsOpen] = useState(false)
  const start = async (request: RerunRequest) => {
    const { runId } = await post<{ runId: string }>(`/runs/${run.id}/rerun`, request)
    await navigate({ to: '/runs/$id', params: { id: runId }, search: {} })
  }
  const rerun = useMutation({
    mutationFn: start,
    onError: (thrown) => {
      const { message, hint } = asApiError(thrown)
      notifications.show({ color: 'red', title: message, message: hint })
    },
  })
  const isDestructive = run.clearData || run.fullRefresh
  return {
    ask: (request) => {
      if (!isDestructive) return rerun.mutate(request)
      setAsked(request)
      setIsOpen(true)
    },
    isPending: rerun.isPending,
    dialog: isDestructive && asked && (
      <ConfirmDialog
        title={run.clearData ? 'Clear data again?' : 'Full refresh again?'}
        confirm={run.clearData ? 'Clear again' : 'Overwrite again'}
        isDangerous
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        onConfirm={() => start(asked)}
      >
        <What run={run} request={asked} />
      </ConfirmDialog>
    ),
  }
}

const mostListed = 500

/** What loses what it holds, with the rows of each. */
function What({ run, request }: { run: RunSummary; request: RerunRequest }) {
  const detail = useQuery({ queryKey: ['run', run.id], queryFn: () => get<RunDetail>(`/runs/${run.id}`) })
  const assets = useQuery({ queryKey: ['assets'], queryFn: () => get<{ assets: AssetSummary[] }>('/assets') })
  const verb = run.clearData ? 'emptied, and nothing is loaded instead' : 'made from nothing'
  return (
    <Loaded query={detail}>
      {({ steps }) => {
        const keys = steps.filter((step) => isMeant(step, request)).flatMap((step) => step.assets)
        const byKey = new Map(assets.data?.assets.map((asset) => [asset.key, asset]))
        return (
          <>
            {keys.length === 0 ? (
              // It never came to plan its steps.
              <Text>
                All that {selectionWords(run.selection)} means will be {verb}.
              </Text>
            ) : (
              <>
                <Text>
                  {request.mode === 'from_failure' && 'What was not done yet of '}
                  {plural(keys.length, 'asset')} will be {verb}:
                </Text>
                <List size="sm" mah={220} style={{ overflow: 'auto' }} tabIndex={0} aria-label="What is emptied">
                  {keys.slice(0, mostListed).map((key) => (
                    <List.Item key={key}>
                      {key}
                      {rowsWords(byKey.get(key))}
                    </List.Item>
                  ))}
                </List>
                {keys.length > mostListed && <Text size="xs">… and {count(keys.length - mostListed)} more</Text>}
              </>
            )}
            <Text size="sm">
              {run.clearData
                ? 'How far the source was read is forgotten: the next sync loads everything again. Rows that the source no longer has are lost.'
                : 'What they hold is thrown away: rows that what they are made of no longer has are lost.'}
            </Text>
          </>
        )
      }}
    </Loaded>
  )
}

function isMeant({ key, status }: RunDetail['steps'][number], request: RerunRequest): boolean {
  if (request.mode === 'steps') return request.steps.includes(key)
  return request.mode === 'all' || status !== 'succeeded'
}

const rowsWords = (asset: AssetSummary | undefined) =>
  asset?.rows === undefined ? '' : `, ${plural(asset.rows, 'row')}`

/** What a button adds that asks for such a run once more. */
export const againWords = ({ fullRefresh, clearData }: Pick<RunSummary, 'fullRefresh' | 'clearData'>) =>
  clearData ? ', clears data again' : fullRefresh ? ', full refresh again' : ''
