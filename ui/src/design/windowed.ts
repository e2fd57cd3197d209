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

/** Which of many equally high rows are near the visible part of a scrolling box. All of them up to 200. */
export function useWindowed(rows: number, expectedHeight: number): Windowed {
  const ref = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 800, rowHeight: expectedHeight })
  const isVirtual = rows > virtualFrom
  useEffect(() => {
    const box = ref.current
    if (!box || !isVirtual) return
    const look = () => {
      // A cell of two lines makes all rows higher than expected.
      const row = box.querySelector<HTMLElement>('tbody tr:not([aria-hidden])')
      setView({ top: box.scrollTop, height: box.clientHeight, rowHeight: row?.offsetHeight || expectedHeight })
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
  const { rowHeight } = view
  // Even steps, so that striped rows keep their stripe.
  const from = Math.max(0, Math.min(rows, Math.floor(view.top / rowHeight)) - spare) & ~1
  const to = Math.min(rows, Math.ceil((view.top + view.height) / rowHeight) + spare)
  return { ref, from, to, above: from * rowHeight, below: (rows - to) * rowHeight, isVirtual }
}
