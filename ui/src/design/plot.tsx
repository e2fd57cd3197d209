import { type KeyboardEvent, useId, useState } from 'react'
import classes from './plot.module.css'
import { brief, bytes, clockTime, count, exactTime, lasted } from './text/time.js'
import { useWidth } from './use-width.js'

export interface PlotPoint {
  readonly at: string
  readonly value: number
}

const height = 132
const margin = { left: 58, right: 12, top: 10, bottom: 22 }
/** From here on, single points would only be noise on the line. */
const dotsUpTo = 60

/** The unit is in the name: `duration_ms`, `bytes_read`, `late_percentage`. */
export function withUnit(name: string, value: number): string {
  if (/_ms$/.test(name)) return lasted(value)
  if (/_seconds$/.test(name)) return lasted(value * 1000)
  if (/(^|_)bytes(_|$)/.test(name)) return bytes(value)
  if (/percent/.test(name)) return `${count(Math.round(value * 100) / 100)} %`
  return count(Math.round(value * 1000) / 1000)
}
const onAxis = (name: string, value: number) =>
  /_ms$|_seconds$|bytes|percent/.test(name) || Math.abs(value) < 10_000 ? withUnit(name, value) : brief(value)

/** `duration_ms` is "Duration": the unit stands at the numbers. */
export function plotTitle(name: string): string {
  const words = name.replace(/_(ms|seconds)$/, '').replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

interface PlotProps {
  readonly name: string
  readonly points: readonly PlotPoint[]
  /** Enter, or a click: what happened at this point. */
  readonly onOpen?: (index: number) => void
}

/** One number over time, with both axes. The pointer, or arrow keys, read every point; Enter opens it. */
export function Plot({ name, points, onOpen }: PlotProps) {
  const { ref, width = 0 } = useWidth()
  const [active, setActive] = useState<number>()
  const tipId = useId()
  const values = points.map((point) => point.value)
  const [least, most] = [Math.min(0, ...values), niceCeiling(Math.max(...values, 0))]
  const times = points.map((point) => Date.parse(point.at))
  const [first = 0, last = 0] = [times[0], times.at(-1)]
  const inner = Math.max(1, width - margin.left - margin.right)
  const x = (i: number) => margin.left + (last === first ? 0.5 : ((times[i] ?? 0) - first) / (last - first)) * inner
  const y = (value: number) =>
    margin.top + (1 - (value - least) / (most - least || 1)) * (height - margin.top - margin.bottom)
  const path = points.map((point, i) => `${x(i).toFixed(1)},${y(point.value).toFixed(1)}`).join(' ')
  const shown = active === undefined ? undefined : points[active]
  const nearest = (at: number) =>
    points.reduce((best, _, i) => (Math.abs(x(i) - at) < Math.abs(x(best) - at) ? i : best), 0)
  const press = (event: KeyboardEvent) => {
    const end = points.length - 1
    const next = {
      ArrowLeft: Math.max(0, (active ?? points.length) - 1),
      ArrowRight: Math.min(end, (active ?? -1) + 1),
      Home: 0,
      End: end,
    }[event.key]
    if (next !== undefined) setActive(next)
    else if (event.key === 'Enter' && active !== undefined) onOpen?.(active)
    else if (event.key === 'Escape') setActive(undefined)
    else return
    event.preventDefault()
  }
  return (
    <div
      ref={ref}
      className={classes.plot}
      role="application"
      aria-label={`${plotTitle(name)} over ${points.length} materializations, last ${withUnit(name, values.at(-1) ?? 0)}. Arrow keys read the points.`}
      aria-describedby={tipId}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys read its points
      tabIndex={0}
      onKeyDown={press}
      onBlur={() => setActive(undefined)}
      onPointerMove={(event) => setActive(nearest(event.clientX - event.currentTarget.getBoundingClientRect().left))}
      onPointerLeave={() => setActive(undefined)}
      onClick={() => active !== undefined && onOpen?.(active)}
      style={{ cursor: onOpen ? 'pointer' : 'default', height }}
    >
      {width > 0 && (
        <svg width={width} height={height} aria-hidden="true">
          {[0, 0.5, 1].map((part) => {
            const value = least + (most - least) * part
            return (
              <g key={part}>
                <line className={classes.grid} x1={margin.left} x2={width - margin.right} y1={y(value)} y2={y(value)} />
                <text className={classes.label} x={margin.left - 8} y={y(value) + 4} textAnchor="end">
                  {onAxis(name, value)}
                </text>
              </g>
            )
          })}
          <text
            className={classes.label}
            x={last > first ? margin.left : x(0)}
            y={height - 5}
            textAnchor={last > first ? 'start' : 'middle'}
          >
            {points[0] && clockTime(points[0].at)}
          </text>
          {last > first && (
            <text className={classes.label} x={width - margin.right} y={height - 5} textAnchor="end">
              {clockTime(points.at(-1)?.at ?? '')}
            </text>
          )}
          {points.length > 1 && (
            <>
              <polygon
                className={classes.area}
                points={`${x(0)},${y(Math.max(0, least))} ${path} ${x(points.length - 1)},${y(Math.max(0, least))}`}
              />
              <polyline className={classes.line} points={path} />
            </>
          )}
          {shown && active !== undefined && (
            <line
              className={classes.cursor}
              x1={x(active)}
              x2={x(active)}
              y1={margin.top}
              y2={height - margin.bottom}
            />
          )}
          {points.map(
            (point, i) =>
              (points.length <= dotsUpTo || i === active) && (
                <circle
                  key={point.at}
                  className={classes.point}
                  cx={x(i)}
                  cy={y(point.value)}
                  r={i === active ? 4.5 : 2.8}
                />
              ),
          )}
        </svg>
      )}
      <div
        id={tipId}
        role="status"
        className={classes.tip}
        hidden={!shown}
        style={
          active !== undefined && x(active) > width / 2
            ? { right: width - x(active) + 8 }
            : { left: x(active ?? 0) + 8 }
        }
      >
        {shown && (
          <>
            <b className="digits">{withUnit(name, shown.value)}</b>
            <br />
            {exactTime(shown.at)}
          </>
        )}
      </div>
    </div>
  )
}

/** 1, 2 or 5 times a power of ten: an axis that ends on a number that people read at once. */
function niceCeiling(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 2.5, 5, 10].find((step) => step * power >= value) ?? 10) * power
}
