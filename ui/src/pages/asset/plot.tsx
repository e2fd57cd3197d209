import { Card, Group, Text } from '@mantine/core'
import { bytes, count } from '../../design/time.js'

interface Point {
  readonly at: string
  readonly value: number
}

const [width, height] = [360, 130]
const [left, right, top, bottom] = [52, 10, 10, 20]

/** The unit is the end of the name: `duration_ms`, `bytes_read`. */
function withUnit(name: string, value: number): string {
  if (name.endsWith('_ms')) return value >= 1000 ? `${(value / 1000).toFixed(1)} s` : `${Math.round(value)} ms`
  if (name.startsWith('bytes')) return bytes(value)
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} M`
  return count(Math.round(value * 100) / 100)
}

/** One number over time: both axes with their units, every value on hover. */
export function Plot({ name, points }: { name: string; points: readonly Point[] }) {
  const most = niceCeiling(Math.max(...points.map((point) => point.value), 1))
  const times = points.map((point) => Date.parse(point.at))
  const [first = 0, last = 0] = [times[0], times.at(-1)]
  const x = (i: number) =>
    left + (last === first ? 0.5 : ((times[i] as number) - first) / (last - first)) * (width - left - right)
  const y = (value: number) => top + (1 - value / most) * (height - top - bottom)
  const latest = points.at(-1)
  const day = (at: number) =>
    new Date(at).toLocaleString(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' })
  return (
    <Card withBorder padding="xs">
      <Group justify="space-between">
        <Text size="sm" fw={600}>
          {name.replace(/_ms$/, '').replaceAll('_', ' ')}
        </Text>
        <Text size="sm">{latest ? withUnit(name, latest.value) : ''}</Text>
      </Group>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`${name.replaceAll('_', ' ')} over ${points.length} runs, last ${latest ? withUnit(name, latest.value) : 'none'}`}
        style={{ width: '100%' }}
      >
        {[0, 0.5, 1].map((part) => (
          <g key={part} fill="currentColor" fontSize={10}>
            <line
              x1={left}
              x2={width - right}
              y1={y(most * part)}
              y2={y(most * part)}
              stroke="currentColor"
              opacity={0.15}
            />
            <text x={left - 6} y={y(most * part) + 3} textAnchor="end" opacity={0.7}>
              {withUnit(name, most * part)}
            </text>
          </g>
        ))}
        <g fill="currentColor" fontSize={10} opacity={0.7}>
          <text x={left} y={height - 4}>
            {day(first)}
          </text>
          {last > first && (
            <text x={width - right} y={height - 4} textAnchor="end">
              {day(last)}
            </text>
          )}
        </g>
        <polyline
          points={points.map((point, i) => `${x(i)},${y(point.value)}`).join(' ')}
          fill="none"
          stroke="var(--mantine-primary-color-filled)"
          strokeWidth={2}
        />
        {points.map((point, i) => (
          <circle key={point.at} cx={x(i)} cy={y(point.value)} r={3.5} fill="var(--mantine-primary-color-filled)">
            <title>{`${withUnit(name, point.value)} · ${new Date(point.at).toLocaleString()}`}</title>
          </circle>
        ))}
      </svg>
    </Card>
  )
}

/** 1, 2 or 5 times a power of ten: an axis that ends on a number that people read at once. */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power
}
