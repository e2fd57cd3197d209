import { Stack, Text } from '@mantine/core'
import type { Overview, RunSummary } from '../../../../src/server/contract/index.js'
import { statusColor } from '../../design/status.js'

const dayMs = 86_400_000

/** Runs as bars over the past day, and where the next ones will be. */
export function Timeline({ data }: { data: Overview }) {
  const now = Date.now()
  const width = 960
  const x = (at: string | number) =>
    Math.max(0, Math.min(width, ((new Date(at).getTime() - (now - dayMs)) / (dayMs * 1.25)) * width))
  const shown = data.runs.slice(0, 60)
  return (
    <Stack gap={4}>
      <svg
        viewBox={`0 0 ${width} 64`}
        role="img"
        aria-label={`${shown.length} runs in the past 24 hours`}
        style={{ width: '100%', height: 72 }}
      >
        <line x1={0} x2={width} y1={44} y2={44} stroke="currentColor" opacity={0.3} />
        <line x1={x(now)} x2={x(now)} y1={4} y2={52} stroke="currentColor" strokeDasharray="3 3" />
        <text x={x(now) + 4} y={12} fontSize={10} fill="currentColor">
          now
        </text>
        {[24, 18, 12, 6].map((hours) => (
          <text key={hours} x={x(now - hours * 3_600_000)} y={60} fontSize={10} fill="currentColor" opacity={0.7}>
            {hours} h ago
          </text>
        ))}
        {shown.map((run: RunSummary) => (
          <a key={run.id} href={`/runs/${run.id}`} aria-label={`Run ${run.status}`}>
            <rect
              x={x(run.startedAt ?? run.createdAt)}
              y={22}
              width={Math.max(4, x(run.endedAt ?? now) - x(run.startedAt ?? run.createdAt))}
              height={20}
              rx={2}
              fill={statusColor(run.status)}
            >
              <title>{`${run.selection}: ${run.status}`}</title>
            </rect>
          </a>
        ))}
        {data.upcoming.map((next) => (
          <circle key={`${next.automation}${next.at}`} cx={x(next.at)} cy={32} r={4} fill="none" stroke="currentColor">
            <title>{`${next.automation}: ${new Date(next.at).toLocaleString()}`}</title>
          </circle>
        ))}
      </svg>
      <Text size="sm" c="dimmed">
        {data.upcoming
          .slice(0, 3)
          .map((next) => `${next.automation} ${new Date(next.at).toLocaleString()}`)
          .join(' · ') || 'No schedule is on.'}
      </Text>
    </Stack>
  )
}
