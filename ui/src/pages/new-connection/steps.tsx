import { UnstyledButton } from '@mantine/core'
import classes from './new-connection.module.css'

const steps = [
  ['source', 'Source'],
  ['settings', 'Settings'],
  ['destination', 'Destination'],
  ['streams', 'Streams'],
  ['review', 'Review'],
] as const
export type StepName = (typeof steps)[number][0]

/** Where one is, and what one can go back to. */
export function Steps({
  current,
  furthest,
  onGo,
}: {
  current: StepName
  furthest: StepName
  onGo: (step: StepName) => void
}) {
  const last = steps.findIndex(([name]) => name === furthest)
  return (
    <ol className={classes.steps} aria-label="Steps">
      {steps.map(([name, title], i) => (
        <li key={name}>
          <UnstyledButton
            className={classes.step}
            disabled={i > last}
            aria-current={name === current ? 'step' : undefined}
            onClick={() => onGo(name)}
          >
            <span className={classes.stepNumber}>{i + 1}</span> {title}
          </UnstyledButton>
        </li>
      ))}
    </ol>
  )
}
