import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import type { RemoteConnection } from '../../src/orchestrate/index.js'
import { planTakeOver, takeOver } from '../../src/platform/airbyte/take-over.js'
import { findProject } from '../../src/platform/project/find-project.js'
import { AirbyteStandIn, type ScriptedConnection, secret } from '../support/airbyte-server.js'
import { removeProject, temporaryProject } from '../support/millrace.js'

let standIn: AirbyteStandIn
let dir: string
const yaml = () => readFileSync(join(dir, 'millrace.yaml'), 'utf8')

beforeEach(async () => {
  standIn = await AirbyteStandIn.start()
  dir = await temporaryProject({
    'millrace.yaml': `name: mixed\nairbyte:\n  prod: { url: '${standIn.url}', client_id: app, client_secret: ${secret} }\n`,
  })
  onTestFinished(async () => {
    await standIn.stop()
    await removeProject(dir)
  })
})

const shop = () =>
  standIn.add({
    name: 'Shop',
    schedule: { scheduleType: 'cron', cronExpression: '0 0 6 * * ?' },
    streams: [{ name: 'orders' }],
  })
const planned = async ({ connectionId: id, name: title }: ScriptedConnection) => {
  const project = await findProject(dir, { env: {} })
  const remote = { server: 'prod', id, title, workspaceId: '', page: '', status: 'active' } as RemoteConnection
  const plan = await planTakeOver(project, remote, {})
  return { plan, done: () => takeOver(project, remote, plan) }
}

it('what somebody writes into millrace.yaml while it is asked stays, and the server keeps its schedule', async () => {
  const connection = shop()
  const { done } = await planned(connection)
  writeFileSync(join(dir, 'millrace.yaml'), `${yaml()}# Mine.\n`)
  await expect(done()).rejects.toMatchObject({ code: 'PROJECT_CHANGED_MEANWHILE' })
  expect(yaml()).toMatch(/# Mine\.\n$/)
  expect(connection.schedule.scheduleType).toBe('cron')
  expect(readdirSync(dir).filter((name) => name.startsWith('millrace.yaml'))).toEqual(['millrace.yaml'])
})

it('of two with one title, or with an entry of its id, the schedule is that of the id', async () => {
  const connection = shop()
  const { plan: alone } = await planned(connection)
  expect(alone.after).toMatch(/Shop: /)
  const other = shop()
  const { done } = await planned(connection)
  await done()
  const project = await findProject(dir, { env: {} })
  expect([...(project.airbyte?.[0]?.schedules.keys() ?? [])]).toEqual([connection.connectionId])
  expect([connection.schedule.scheduleType, other.schedule.scheduleType]).toEqual(['manual', 'cron'])
  standIn.connections.splice(1)
  connection.schedule = { scheduleType: 'cron', cronExpression: '0 0 7 * * ?' }
  const { plan } = await planned(connection)
  expect(plan.after).toContain('0 7 * * *')
  expect(plan.after).not.toContain('Shop')
})

it('an expression of its server that cron cannot say is told as the server wrote it', async () => {
  const connection = shop()
  connection.schedule = { scheduleType: 'cron', cronExpression: '0 0 6 ? * 6L' }
  await expect(planned(connection)).rejects.toMatchObject({
    code: 'AIRBYTE_SCHEDULE_NOT_SAID',
    message: expect.stringMatching(/the connection Shop 0 0 6 \? \* 6L, which/),
  })
  connection.schedule = { scheduleType: 'cron', cronExpression: '0 0/30 * * * ?' }
  expect((await planned(connection)).plan.here).toEqual({ cron: '*/30 * * * *', timezone: 'UTC' })
})
