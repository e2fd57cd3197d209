import type { RunCriteria } from '../../orchestrate/index.js'
import { jsonText } from './json-text.js'

/** SQL: that a run of `runs` is one of those that are meant. Takes `$1` to `$9`, see `criteriaValues`. */
export const meetsCriteria = `($1::text[] is null or status = any($1))
  and ($2::text is null or exists (select 1 from run_steps s where s.run_id = runs.id and s.assets @> to_jsonb($2::text)))
  and ($3::text is null or trigger_type = $3) and ($4::text is null or trigger_name = $4)
  and ($5::text is null or parent_run_id = $5)
  and ($6::jsonb is null or (tags @> $6 and tags <> '{}')) and ($7::text[] is null or (tags ?& $7 and tags <> '{}'))
  and ($8::timestamptz is null or created_at >= $8) and ($9::timestamptz is null or created_at < $9)`

/** What `meetsCriteria` takes; a statement's own values are `$10` and later. */
export function criteriaValues({
  statuses,
  asset,
  trigger,
  parentRunId,
  tags = [],
  since,
  until,
}: RunCriteria): unknown[] {
  const known = tags.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value] as const]))
  const named = tags.flatMap(({ key, value }) => (value === undefined ? [key] : []))
  return [
    statuses ? [...statuses] : null,
    asset ?? null,
    trigger?.type ?? null,
    trigger?.name ?? null,
    parentRunId ?? null,
    known.length > 0 ? jsonText(Object.fromEntries(known)) : null,
    named.length > 0 ? named : null,
    since ?? null,
    until ?? null,
  ]
}
