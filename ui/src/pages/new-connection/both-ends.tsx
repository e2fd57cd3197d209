import { Button, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { ConnectionDraftView } from '../../../../src/server/contract/index.js'
import { post } from '../../api/client.js'
import { asApiError, ErrorBox } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { type CheckAnswer, failureOf } from './destination-step.js'
import classes from './new-connection.module.css'

const ends = [
  {
    title: 'Source',
    path: '/connection-drafts/check',
    // Into the warehouse, which is not asked: what is wrong with the destination is told below.
    draftOf: ({ name, source }: ConnectionDraftView) => ({ name, source, destination: { schema: 'raw' } }),
  },
  {
    title: 'Destination',
    path: '/connection-drafts/check-destination',
    draftOf: (draft: ConnectionDraftView) => draft,
  },
] as const

/** Whether the source can be read and the destination be written to, as everything is now. */
export function BothEnds({ draft }: { draft: ConnectionDraftView }) {
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
  // What was tested before a change says nothing of what is there now.
  const answers = test.variables === draft ? test.data : undefined
  return (
    <Stack gap="xs" align="flex-start">
      {ends.map(({ title }, i) => {
        const answer = answers?.[i]
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
