import type { ReactNode } from 'react'
import type { AssetDetail } from '../../../../src/server/contract/index.js'
import { partitionWords } from '../../design/runs/partition-marks.js'
import { Status } from '../../design/status.js'
import { Ago, clockTime, count, exactTime, lasted, zoneName } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import classes from './facts.module.css'

const freshnessStatus = { pass: 'passed', warn: 'warned', fail: 'failed', unknown: 'unknown' } as const
const freshnessWords = { pass: 'fresh', warn: 'soon late', fail: 'late', unknown: 'never made' } as const

const shortened = (version: string) => (version.length > 12 ? `${version.slice(0, 8)}…` : version)

/** The handful of numbers that say whether it can be trusted. */
export function Facts({ asset }: { asset: AssetDetail }) {
  const { passed, warned, failed, unknown } = asset.checks
  const total = passed + warned + failed + unknown
  const latest = (name: string) => asset.plots.find((plot) => plot.name === name)?.points.at(-1)?.value
  const took = latest('duration_ms')
  const next = asset.automation
    .filter((one) => one.nextAt)
    .sort((a, b) => ((a.nextAt ?? '') < (b.nextAt ?? '') ? -1 : 1))[0]
  const waiting = asset.automation.find((one) => one.isOn && one.type === 'sensor')
  const conditional = asset.automation.find((one) => one.isOn && one.type === 'automation')
  const facts: { name: string; value: ReactNode }[] = []
  if (asset.rows !== undefined)
    facts.push({
      name: asset.partitionCounts ? 'Rows made last' : 'Rows',
      value: (
        <>
          {count(asset.rows)} {asset.columns.length > 0 && <small>× {asset.columns.length} columns</small>}
        </>
      ),
    })
  if (asset.isExecutable)
    facts.push({
      name: 'Materialized',
      value:
        asset.lastRunId && asset.lastMaterializedAt ? (
          <To to="/runs/$id" params={{ id: asset.lastRunId }} search={{}} inherit>
            <Ago at={asset.lastMaterializedAt} />
          </To>
        ) : (
          <Ago at={asset.lastMaterializedAt} />
        ),
    })
  if (asset.partitionCounts)
    facts.push({
      name: 'Partitions',
      value: (
        <To to="/assets/$key" params={{ key: asset.key }} search={{ tab: 'partitions' }} inherit>
          {partitionWords(asset.partitionCounts)}
        </To>
      ),
    })
  if (took !== undefined) facts.push({ name: 'Took', value: lasted(took) })
  if (total > 0)
    facts.push({
      name: 'Checks',
      value: (
        <>
          {passed} of {total} pass{' '}
          {unknown > 0 && passed + warned + failed === 0 ? (
            <small>never evaluated</small>
          ) : (
            unknown > 0 && <small>{unknown} never evaluated</small>
          )}
        </>
      ),
    })
  if (asset.freshness)
    facts.push({
      name: 'Freshness',
      value: (
        <>
          <Status value={freshnessStatus[asset.freshness.state]} label={freshnessWords[asset.freshness.state]} />{' '}
          <small title={asset.freshness.failsAt && `until ${exactTime(asset.freshness.failsAt)}`}>
            {asset.freshness.policy}
          </small>
        </>
      ),
    })
  if (asset.isExecutable)
    facts.push({
      name: 'Next',
      value: next?.nextAt ? (
        <To to="/automation" inherit title={exactTime(next.nextAt)}>
          {clockTime(next.nextAt)}{' '}
          <small>
            {zoneName(next.nextAt)} by {next.name}
          </small>
        </To>
      ) : waiting ? (
        <To to="/automation" inherit>
          when {waiting.name} fires
        </To>
      ) : conditional ? (
        <To to="/assets/$key" params={{ key: asset.key }} search={{ tab: 'automation' }} inherit>
          when its condition holds <small>{conditional.condition}</small>
        </To>
      ) : (
        <small>nothing runs it by itself</small>
      ),
    })
  const { code, madeBy, data } = asset.versions
  if (data !== undefined) facts.push({ name: 'Data version', value: <span title={data}>{shortened(data)}</span> })
  if (code !== undefined)
    facts.push({
      name: 'Code version',
      value: (
        <>
          <span title={code}>{shortened(code)}</span>{' '}
          {madeBy !== undefined && madeBy !== code && <small title={madeBy}>made by {shortened(madeBy)}</small>}
        </>
      ),
    })
  if (facts.length === 0) return null
  return (
    <dl className={classes.facts}>
      {facts.map(({ name, value }) => (
        <div key={name} className={classes.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
