import { Box, Button, Group, Progress, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import type { RunDetail, RunStepView } from '../../../../src/server/contract/index.js'
import { Status, statusColor } from '../../design/status.js'
import { duration } from '../../design/time.js'
import classes from './gantt.module.css'
import { stepTitle } from './step-title.js'

const isCheck = (step: RunStepView) => step.assets.length === 0
const needsLook = (step: RunStepView) => step.status === 'failed' || step.status === 'retrying'

/** Steps as bars over the run's time, in the order in which they began. Checks that passed are folded away. */
export function Gantt({ run }: { run: RunDetail }) {
  const [showsChecks, setShowsChecks] = useState(false)
  const start = Date.parse(run.startedAt ?? run.createdAt)
  const end = run.endedAt ? Date.parse(run.endedAt) : Date.now()
  const span = Math.max(1, end - start)
  const percent = (at: string | undefined) => (at ? Math.min(100, ((Date.parse(at) - start) / span) * 100) : 0)
  const checks = run.steps.filter(isCheck)
  const passed = checks.filter((step) => step.status === 'succeeded').length
  const hasAssets = checks.length < run.steps.length
  const visible = run.steps.filter((step) => showsChecks || !hasAssets || !isCheck(step) || needsLook(step))
  const begun = (step: RunStepView) => (step.startedAt ? Date.parse(step.startedAt) : Number.POSITIVE_INFINITY)
  return (
    <Stack gap={2}>
      <Group justify="space-between">
        <Title order={4}>Steps</Title>
        {hasAssets && checks.length > 0 && (
          <Button size="compact-xs" variant="subtle" onClick={() => setShowsChecks(!showsChecks)}>
            {showsChecks ? 'Hide' : 'Show'} {checks.length} checks ({passed} passed)
          </Button>
        )}
      </Group>
      <Axis spanMs={span} />
      {[...visible]
        .sort((a, b) => begun(a) - begun(b))
        .map((step) => (
          <Bar
            key={step.key}
            step={step}
            left={percent(step.startedAt)}
            right={step.endedAt ? percent(step.endedAt) : 100}
          />
        ))}
    </Stack>
  )
}

function Axis({ spanMs }: { spanMs: number }) {
  const shown = (part: number) => duration(new Date(0).toISOString(), new Date(spanMs * part).toISOString())
  return (
    <div className={classes.row} aria-hidden>
      <span className={classes.name} />
      <div className={classes.axis}>
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <span key={part}>{part === 0 ? '0' : shown(part)}</span>
        ))}
      </div>
      <span className={classes.time} />
      <span className={classes.status} />
    </div>
  )
}

function Bar({ step, left, right }: { step: RunStepView; left: number; right: number }) {
  const why = step.reason ?? step.error?.message
  const title = `${step.key}: ${step.status}${why ? ` (${why})` : ''}`
  return (
    <div className={classes.row} title={title}>
      <Text size="xs" truncate className={classes.name}>
        {stepTitle(step)}
      </Text>
      <Box className={classes.track}>
        {step.startedAt && (
          <Box
            className={classes.bar}
            style={{
              left: `${left}%`,
              width: `${Math.max(0.5, right - left)}%`,
              background: statusColor(step.status),
            }}
          />
        )}
      </Box>
      <Text size="xs" className={classes.time}>
        {step.startedAt ? duration(step.startedAt, step.endedAt) : ''}
      </Text>
      <Box className={classes.status}>
        {step.progress?.fraction !== undefined && step.status === 'running' ? (
          <Progress value={step.progress.fraction * 100} aria-label={step.progress.message} />
        ) : (
          <Status value={step.status} title={title} />
        )}
      </Box>
    </div>
  )
}
