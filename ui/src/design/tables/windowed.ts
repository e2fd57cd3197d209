import { type RefObject, useEffect, useRef, useState } from 'react'

export interface Windowed {
  readonly ref: RefObject<HTMLDivElement | null>
  readonly from: number
  readonly to: number
  /** Heights of what is left out above and below. */
  readonly above: number
  readonly below: number
  readonly isVirtual: boolean
}

const virtualFrom = 200
const spare = 12
/** Rows come and go so many at a time: an even number, so that striped rows keep their stripe. */
const step = 4

/** Which of many equally high rows are near the visible part of a scrolling box. All of them up to 200. */
export function useWindowed(rows: number, expectedHeight: number): Windowed {
  const ref = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ first: 0, last: Math.ceil(800 / expectedHeight), rowHeight: expectedHeight })
  const isVirtual = rows > virtualFrom
  useEffect(() => {
    const box = ref.current
    if (!box || !isVirtual) return
    const look = () => {
      // A cell of two lines makes all rows higher than expected.
      const row = box.querySelector<HTMLElement>('tbody tr:not([aria-hidden])')
      const rowHeight = row?.offsetHeight || expectedHeight
      const seen = step * rowHeight
      const first = Math.floor(box.scrollTop / seen) * step
      const last = Math.ceil((box.scrollTop + box.clientHeight) / seen) * step
      // Most of the time the same rows are needed as before: nothing is drawn again.
      setView((known) =>
        known.first === first && known.last === last && known.rowHeight === rowHeight
          ? known
          : { first, last, rowHeight },
      )
    }
    look()
    box.addEventListener('scroll', look, { passive: true })
    const observer = new ResizeObserver(look)
    observer.observe(box)
    return () => {
      box.removeEventListener('scroll', look)
      observer.disconnect()
    }
  }, [isVirtual, expectedHeight])
  if (!isVirtual) return { ref, from: 0, to: rows, above: 0, below: 0, isVirtual }
  const { rowHeight, first, last } = view
  const from = Math.max(0, Math.min(rows & ~1, first) - spare)
  const to = Math.min(rows, last + spare)
  return { ref, from, to, above: from * rowHeight, below: (rows - to) * rowHeight, isVirtual }
}
