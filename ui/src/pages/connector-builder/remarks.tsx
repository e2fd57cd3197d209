import { Text, UnstyledButton } from '@mantine/core'
import { IconAlertCircle, IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import type { ApiError } from '../../../../src/server/contract/index.js'
import type { CodeProblem } from '../../design/code/code-editor.js'
import { CodeWords } from '../../design/code/code-words.js'
import { ErrorBox } from '../../design/states.js'
import { plural } from '../../design/text/time.js'
import classes from './builder.module.css'
import type { Checked } from './use-check.js'

/** How it stands with the text, in a few words. */
export function remarkTotal({ found, errors, isCurrent, error }: Checked): string {
  if (error) return ''
  if (!found) return 'Checking …'
  const warnings = found.remarks.length - errors
  const words = [errors > 0 && plural(errors, 'error'), warnings > 0 && plural(warnings, 'warning')].filter(Boolean)
  return `${words.join(', ') || 'No problems'}${isCurrent ? '' : ' …'}`
}

/** Every problem; each leads to its place. */
export function Remarks({
  problems,
  error,
  onGo,
}: {
  problems: readonly (CodeProblem & { readonly isPlaced: boolean })[]
  error: ApiError | undefined
  onGo: (place: Pick<CodeProblem, 'line' | 'column'>) => void
}) {
  if (error) return <ErrorBox error={error} />
  if (problems.length === 0)
    return (
      <Text size="sm" c="dimmed" className={classes.fine}>
        <IconCircleCheck size={15} color="var(--status-good)" aria-hidden /> Every component is known and every template
        can be read. Whether the API answers, a test tells.
      </Text>
    )
  return (
    <ul className={classes.remarks} aria-label="Problems">
      {problems.map(({ severity = 'error', message, line, column, isPlaced }) => (
        <li key={`${line}:${column} ${message}`}>
          <UnstyledButton className={classes.remark} onClick={() => onGo({ line, column })}>
            {severity === 'error' ? (
              <IconAlertCircle size={15} color="var(--status-bad)" aria-label="Error" />
            ) : (
              <IconAlertTriangle size={15} color="var(--status-warn)" aria-label="Warning" />
            )}
            {isPlaced && (
              <span className={classes.place}>
                {line}
                {column === undefined ? '' : `:${column}`}
              </span>
            )}
            <span className={classes.message}>
              <CodeWords text={message} />
            </span>
          </UnstyledButton>
        </li>
      ))}
    </ul>
  )
}
