import { useEffect, useReducer } from 'react'
import { duration } from '../text/time.js'

/** How long something took, or has taken so far: counts on while it is not over. */
export function Elapsed({ from, to, isOver }: { from: string | undefined; to: string | undefined; isOver: boolean }) {
  const [, tick] = useReducer((ticks: number) => ticks + 1, 0)
  const isCounting = from !== undefined && !isOver
  useEffect(() => {
    if (!isCounting) return
    const timer = window.setInterval(tick, 1_000)
    return () => window.clearInterval(timer)
  }, [isCounting])
  return <span className="digits">{duration(from, to)}</span>
}
