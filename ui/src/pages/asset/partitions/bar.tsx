import { type CSSProperties, type KeyboardEvent, useRef, useState } from 'react'
import type { AssetPartitions } from '../../../../../src/server/contract/index.js'
import { count } from '../../../design/text/time.js'
import type { Choice } from './choice.js'
import classes from './partitions.module.css'
import { statusFills, statusWords } from './statuses.js'

type Stretch = AssetPartitions['stretches'][number]

const rangeOf = (first: string, last: string) => (first === last ? first : `${first}...${last}`)
const steps: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  PageUp: -10,
  PageDown: 10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

/** Partitions of one dimension in their order: a piece for each stretch of one status. One stop of the Tab key; arrows go on. */
export function PartitionBar({
  asset,
  partitions: { size, stretches },
  choice,
  onChoose,
}: {
  asset: string
  partitions: AssetPartitions
  choice: Choice | undefined
  onChoose: (choice: Choice) => void
}) {
  const bar = useRef<HTMLFieldSetElement>(null)
  const [at, setAt] = useState(stretches.length - 1)
  const [anchor, setAnchor] = useState<number>()
  const current = Math.min(at, stretches.length - 1)
  const choose = (from: number, to: number) => {
    const [first, last] = [stretches[Math.min(from, to)] as Stretch, stretches[Math.max(from, to)] as Stretch]
    const isOne = from === to && first.count === 1
    onChoose({ text: rangeOf(first.first, last.last), key: isOne ? first.first : undefined })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    const next = Math.max(0, Math.min(stretches.length - 1, current + step))
    setAt(next)
    bar.current?.querySelectorAll('button')[next]?.focus()
    if (event.shiftKey) choose(anchor ?? current, next)
    else setAnchor(next)
  }
  const shown = stretches.reduce((sum, stretch) => sum + stretch.count, 0)
  return (
    <>
      <fieldset ref={bar} className={classes.bar} aria-label={`Partitions of ${asset}`} onKeyDown={onKeyDown}>
        {stretches.map((stretch, i) => {
          const range = rangeOf(stretch.first, stretch.last)
          const words = statusWords[stretch.status]
          return (
            <button
              key={stretch.from}
              type="button"
              className={classes.stretch}
              style={{ '--fill': statusFills[stretch.status], flexGrow: stretch.count, flexBasis: 0 } as CSSProperties}
              tabIndex={i === current ? 0 : -1}
              data-status={stretch.status}
              aria-pressed={range === choice?.text}
              title={`${range}: ${words}${stretch.count > 1 ? ` (${count(stretch.count)})` : ''}`}
              aria-label={`${range}, ${words}`}
              onClick={(event) => {
                setAt(i)
                if (event.shiftKey && anchor !== undefined) choose(anchor, i)
                else {
                  setAnchor(i)
                  choose(i, i)
                }
              }}
            />
          )
        })}
      </fieldset>
      <div className={classes.ends}>
        <span>{stretches[0]?.first}</span>
        {shown < size && <span>the latest {count(shown)}: before them the status changes too often to be drawn</span>}
        <span>{stretches.at(-1)?.last}</span>
      </div>
    </>
  )
}
