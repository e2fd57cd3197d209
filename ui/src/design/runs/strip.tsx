import { Tooltip } from '@mantine/core'
import { statusColor, statusIcon } from '../status.js'
import { To } from '../text/to.js'
import classes from './strip.module.css'

export interface StripMark {
  readonly key: string
  readonly status: string
  /** What the mark stands for, in words: read on hover, on focus and by screen readers. */
  readonly title: string
  /** The run that it leads to. */
  readonly runId?: string | undefined
  /** 0 to 1; full height without it. */
  readonly height?: number | undefined
}

/** The last few times of something, oldest left, as small bars. */
export function Strip({ label, marks }: { label: string; marks: readonly StripMark[] }) {
  return (
    <ol className={classes.strip} aria-label={label}>
      {marks.map((mark) => {
        const style = { background: statusColor(mark.status), height: `${Math.round(25 + 75 * (mark.height ?? 1))}%` }
        return (
          <li key={mark.key} className={classes.slot}>
            <Tooltip label={`${statusIcon(mark.status)} ${mark.title}`}>
              {mark.runId ? (
                <To className={classes.target} to="/runs/$id" params={{ id: mark.runId }} aria-label={mark.title}>
                  <span className={classes.mark} data-status={mark.status} style={style} />
                </To>
              ) : (
                <span className={classes.target} role="img" aria-label={mark.title}>
                  <span className={classes.mark} data-status={mark.status} style={style} />
                </span>
              )}
            </Tooltip>
          </li>
        )
      })}
    </ol>
  )
}
