import { Button, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type CheckAnswer, CheckWarnings } from '../../design/connections/check-answer.js'
import { asApiError, ErrorBox } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { failureOf } from './destination-step.js'
import classes from './new-connection.module.css'

/** One end of a connection, as it can be tested. */
export interface TestedEnd {
  readonly title: string
  /** What a test looks at: an answer holds as long as that is the same. */
  readonly key: string
  readonly test: () => Promise<CheckAnswer>
  /** What was found of it before, as far as it still holds. */
  readonly checked?: CheckAnswer | undefined
}

/** A failure is an answer as well. */
export const testOf = ({ test }: TestedEnd): Promise<CheckAnswer> =>
  test().catch((thrown: unknown): CheckAnswer => ({ status: 'failed', error: asApiError(thrown) }))

/** Whether the source can be read and the destination be written to, as everything is now. */
export function BothEnds({ ends }: { ends: readonly TestedEnd[] }) {
  const test = useMutation({
    mutationFn: async (tested: readonly TestedEnd[]) =>
      Promise.all(tested.map(async (end) => ({ key: end.key, answer: await testOf(end) }))),
  })
  return (
    <Stack gap="xs" align="flex-start">
      {ends.map(({ title, key, checked }, i) => {
        // What was tested before a change says nothing of what is there now.
        const tested = test.data?.[i]
        const answer = tested !== undefined && tested.key === key ? tested.answer : checked
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
                <CheckWarnings of={answer} />
              </div>
            )}
          </div>
        )
      })}
      <Button variant="default" loading={test.isPending} onClick={() => test.mutate(ends)}>
        Test both ends
      </Button>
    </Stack>
  )
}
