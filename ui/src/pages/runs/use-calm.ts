import { useEffect, useState } from 'react'
import type { RunSummary } from '../../../../src/server/contract/index.js'

/**
 * Rows must not move under the pointer: while it is over the list, runs that came meanwhile are held back and counted.
 * The runs that are shown change on.
 */
export function useCalm(runs: readonly RunSummary[]) {
  const [isOver, setOver] = useState(false)
  const [known, setKnown] = useState<ReadonlySet<string>>()
  useEffect(() => {
    if (!isOver) setKnown(undefined)
  }, [isOver])
  const oldest = known && runs.find((run) => known.has(run.id))
  const isNew = (run: RunSummary) =>
    known !== undefined && oldest !== undefined && !known.has(run.id) && run.id > oldest.id
  const shown = runs.filter((run) => !isNew(run))
  return {
    shown,
    held: runs.length - shown.length,
    show: () => setKnown(new Set(runs.map((run) => run.id))),
    still: {
      onMouseEnter: () => {
        setKnown(new Set(runs.map((run) => run.id)))
        setOver(true)
      },
      onMouseLeave: () => setOver(false),
    },
  }
}
