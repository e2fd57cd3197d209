import { Button, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { ConnectionDraftView } from '../../../../src/server/contract/index.js'
import { post } from '../../api/client.js'
import type { CheckAnswer } from '../../design/check-answer.js'
import { asApiError, ErrorBox } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { failureOf } from './destination-step.js'
import { placesKey } from './made.js'
import classes from './new-connection.module.css'

export type CheckedEnds = readonly [source: CheckAnswer | undefined, destination: CheckAnswer | undefined]

const ends = [
  {
    title: 'Source',
    path: '/connection-drafts/check',
    // Into the warehouse, which is not asked: what is wrong with the destination is told below.
    draftOf: ({ name, source }: ConnectionDraftView) => ({ name, source, destination: { schema: 'raw' } }),
    keyOf: ({ source }: ConnectionDraftView) => JSON.stringify(source),
  },
  {
    title: 'Destination',
    path: '/connection-drafts/check-destination',
    draftOf: (draft: ConnectionDraftView) => draft,
    keyOf: placesKey,
  },
] as const

/**
 * Whether the source can be read and the destination be written to, as everything is now.
 * @param checked what the steps before found of them, as far as it still holds
 */
export function BothEnds({ draft, checked }: { draft: ConnectionDraftView; checked: CheckedEnds }) {
  const test = useMutation({
    mutationFn: (tested: ConnectionDraftView) =>
      Promise.all(
        ends.map(({ path, draftOf }) =>
          post<CheckAnswer>(path, draftOf(tested)).catch(
            (thrown: unknown): CheckAnswer => ({ status: 'failed', error: asApiError(thrown) }),
          ),
        ),
      ),
  })
  return (
    <Stack gap="xs" align="flex-start">
      {ends.map(({ title, keyOf }, i) => {
        // What was tested before a change says nothing of what is there now.
        const isTested = test.variables !== undefined && keyOf(test.variables) === keyOf(draft)
        const answer = isTested ? test.data?.[i] : checked[i]
        const error = failureOf(answer)
        return (
          <div key={title} className={classes.end}>
            <Text size="sm" w={88}>
              {title}
            </Text>
            {answer === undefined ? (
              <Text size="sm" c="dimmed">
                {test.isPending ? 'is tested …' : 'not tested since the last change'}
              </Text>
            ) : (
              <div className={classes.endAnswer} role="status">
                {error ? <ErrorBox error={error} /> : <Status value="passed" label={answer.message ?? 'works'} />}
              </div>
            )}
          </div>
        )
      })}
      <Button variant="default" loading={test.isPending} onClick={() => test.mutate(draft)}>
        Test both ends
      </Button>
    </Stack>
  )
}
