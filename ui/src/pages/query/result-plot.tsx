import { Group, Select, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { ApiTable } from '../../../../src/server/contract/index.js'
import { Empty } from '../../design/states.js'
import { brief, count, plural } from '../../design/text/time.js'
import { useWidth } from '../../design/use-width.js'
import { type Chart, chartColumns, chartOf, ticks } from './chart.js'
import classes from './result-plot.module.css'

const height = 320
const margin = { left: 64, right: 16, top: 12, bottom: 36 }

/** A result drawn: which column along the bottom, and which one upwards. */
export function ResultPlot({ table }: { table: ApiTable }) {
  const { across, measures } = chartColumns(table)
  const [x, setX] = useState(across[0] ?? 0)
  const [y, setY] = useState(measures.find((one) => one !== across[0]) ?? measures[0] ?? 0)
  if (measures.length === 0)
    return <Empty title="Nothing to measure">A plot needs a column of numbers, such as count(*).</Empty>
  const names = (list: readonly number[]) =>
    list.map((index) => ({ value: String(index), label: table.columns[index]?.name ?? '' }))
  const chart = chartOf(table, x, y)
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Select
          size="xs"
          label="Along the bottom"
          allowDeselect={false}
          data={names(across)}
          value={String(x)}
          onChange={(value) => setX(Number(value))}
        />
        <Select
          size="xs"
          label="Upwards"
          allowDeselect={false}
          data={names(measures)}
          value={String(y)}
          onChange={(value) => setY(Number(value))}
        />
        {chart.leftOut > 0 && (
          <Text size="xs" c="dimmed" mt="lg">
            {plural(chart.leftOut, 'row')} not drawn: no number, or too many
          </Text>
        )}
      </Group>
      <Drawing chart={chart} name={table.columns[y]?.name ?? ''} />
    </Stack>
  )
}

function Drawing({ chart, name }: { chart: Chart; name: string }) {
  const { ref, width = 0 } = useWidth()
  const [active, setActive] = useState<number>()
  const { points, kind } = chart
  const marks = ticks(points.map(({ value }) => value))
  const [least = 0, most = 1] = [marks[0], marks.at(-1)]
  const inner = Math.max(1, width - margin.left - margin.right)
  const [first = 0, last = 0] = [points[0]?.x, points.at(-1)?.x]
  const slot = inner / Math.max(1, points.length)
  const xOf = (i: number) =>
    margin.left +
    (kind === 'bars'
      ? (i + 0.5) * slot
      : last === first
        ? inner / 2
        : (((points[i]?.x ?? 0) - first) / (last - first)) * inner)
  const yOf = (value: number) =>
    margin.top + (1 - (value - least) / (most - least)) * (height - margin.top - margin.bottom)
  const shown = active === undefined ? undefined : points[active]
  const nearest = (at: number) =>
    points.reduce((best, _, i) => (Math.abs(xOf(i) - at) < Math.abs(xOf(best) - at) ? i : best), 0)
  const step = Math.max(1, Math.ceil((points.length * 84) / inner))
  const labelled = kind === 'bars' ? points.map((_, i) => i).filter((i) => i % step === 0) : [0, points.length - 1]
  if (points.length === 0) return <Empty title="No points">No row has a number there.</Empty>
  return (
    <div
      ref={ref}
      className={classes.plot}
      role="application"
      aria-label={`Plot of ${name}, ${plural(points.length, 'point')}. Arrow keys read them.`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys read its points
      tabIndex={0}
      onKeyDown={(event) => {
        const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
        if (move === undefined) return
        event.preventDefault()
        setActive(Math.max(0, Math.min(points.length - 1, (active ?? (move > 0 ? -1 : points.length)) + move)))
      }}
      onPointerMove={(event) => setActive(nearest(event.clientX - event.currentTarget.getBoundingClientRect().left))}
      onPointerLeave={() => setActive(undefined)}
    >
      <svg width={width} height={height} aria-hidden>
        {marks.map((mark) => (
          <g key={mark}>
            <line x1={margin.left} x2={width - margin.right} y1={yOf(mark)} y2={yOf(mark)} className={classes.rule} />
            <text x={margin.left - 8} y={yOf(mark) + 4} textAnchor="end" className={classes.label}>
              {Math.abs(mark) >= 10_000 ? brief(mark) : count(mark)}
            </text>
          </g>
        ))}
        {kind === 'line' ? (
          <polyline
            className={classes.line}
            points={points.map(({ value }, i) => `${xOf(i)},${yOf(value)}`).join(' ')}
          />
        ) : (
          points.map(({ value, x }, i) => (
            <rect
              key={x}
              className={classes.bar}
              data-active={i === active || undefined}
              x={xOf(i) - slot * 0.36}
              width={Math.max(1, slot * 0.72)}
              y={Math.min(yOf(0), yOf(value))}
              height={Math.max(1, Math.abs(yOf(0) - yOf(value)))}
            />
          ))
        )}
        {kind === 'line' && shown && active !== undefined && (
          <circle cx={xOf(active)} cy={yOf(shown.value)} r={4} className={classes.dot} />
        )}
        {labelled.map((i) => (
          <text
            key={i}
            x={xOf(i)}
            y={height - 12}
            textAnchor={kind === 'bars' ? 'middle' : i === 0 ? 'start' : 'end'}
            className={classes.label}
          >
            {(points[i]?.label ?? '').slice(0, kind === 'bars' ? 12 : 19)}
          </text>
        ))}
      </svg>
      <Text size="sm" className="digits" role="status" mih={20}>
        {shown ? `${shown.label || 'null'}: ${count(shown.value)}` : ''}
      </Text>
    </div>
  )
}
