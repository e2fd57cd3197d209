import { Card, Text } from '@mantine/core'
import { count } from '../../design/time.js'

interface Point {
  readonly at: string
  readonly value: number
}

/** One number over time: axes, unit in the name, values on hover. */
export function Plot({ name, points }: { name: string; points: readonly Point[] }) {
  const [width, height, left, bottom] = [320, 110, 8, 18]
  const values = points.map((point) => point.value)
  const most = Math.max(...values, 1)
  const x = (i: number) =>
    left + (points.length === 1 ? (width - left) / 2 : (i / (points.length - 1)) * (width - 2 * left))
  const y = (value: number) => 8 + (1 - value / most) * (height - bottom - 8)
  const last = points.at(-1)
  return (
    <Card withBorder padding="xs">
      <Text size="sm" fw={600}>
        {name.replaceAll('_', ' ')}{' '}
        <Text span c="dimmed" size="sm">
          {count(last?.value)}
        </Text>
      </Text>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`${name} over time, last ${last?.value}`}
        style={{ width: '100%' }}
      >
        <line x1={left} x2={width - left} y1={y(0)} y2={y(0)} stroke="currentColor" opacity={0.3} />
        <text x={left} y={8} fontSize={9} fill="currentColor" opacity={0.7}>
          {count(most)}
        </text>
        <text x={left} y={height - 4} fontSize={9} fill="currentColor" opacity={0.7}>
          {points[0] ? new Date(points[0].at).toLocaleDateString() : ''}
        </text>
        <text x={width - left} y={height - 4} fontSize={9} textAnchor="end" fill="currentColor" opacity={0.7}>
          {last ? new Date(last.at).toLocaleDateString() : ''}
        </text>
        <polyline
          points={points.map((point, i) => `${x(i)},${y(point.value)}`).join(' ')}
          fill="none"
          stroke="var(--mantine-color-blue-6)"
          strokeWidth={2}
        />
        {points.map((point, i) => (
          <circle key={point.at} cx={x(i)} cy={y(point.value)} r={3} fill="var(--mantine-color-blue-6)">
            <title>{`${count(point.value)} · ${new Date(point.at).toLocaleString()}`}</title>
          </circle>
        ))}
      </svg>
    </Card>
  )
}
